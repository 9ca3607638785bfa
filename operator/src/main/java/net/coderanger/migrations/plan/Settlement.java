package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.plan.Requests.Request;

/** Finds out whether there is an outcome that has to be written, before anything else: at most one in each pass. */
final class Settlement {

    private final Observation seen;
    private final Migrator migrator;
    private final History before;
    private final Situation asItWas;
    private final List<Journey> journeys;
    private final Requests requests;

    private Settlement(Observation seen, History before, Situation asItWas, List<Journey> journeys, Requests requests) {
        this.seen = seen;
        this.migrator = seen.migrator();
        this.before = before;
        this.asItWas = asItWas;
        this.journeys = journeys;
        this.requests = requests;
    }

    /** The outcome of a run that has ended or is lost, or of one that somebody has decided upon; its requests are answered. */
    static Optional<HistoryEntry> of(
            Observation seen, History before, Situation asItWas, List<Journey> journeys, Requests requests) {
        return new Settlement(seen, before, asItWas, journeys, requests).settle();
    }

    private Optional<HistoryEntry> settle() {
        for (var journey : journeys) {
            if (journey.course() instanceof Course.Ended ended) {
                journey.wishes().answer(journey.run(), ended, requests);
                return Optional.of(Report.of(journey.run(), journey.recorded(), ended, journey.wishes(), seen.now()));
            }
        }
        return lost().or(() -> journeys.isEmpty() && seen.nothingRuns() ? decidedWithoutRun() : Optional.empty());
    }

    private Optional<HistoryEntry> lost() {
        return Optional.ofNullable(seen.status().run())
                .filter(run -> seen.jobs().stream().noneMatch(job -> job.name().equals(run.job())))
                .filter(run -> !before.has(run.id()))
                .filter(run -> seen.noJobRuns())
                .map(run -> Report.lost(run, seen.now()));
    }

    /** A revision that somebody says is migrated, or must not be. */
    private Optional<HistoryEntry> decidedWithoutRun() {
        return requests.open(ControlAnnotation.Baseline).map(this::baseline).or(this::rejected);
    }

    private HistoryEntry baseline(Request request) {
        requests.answer(request, request.revision() + " counts as migrated");
        return decided(request.revision(), Outcome.Baseline, "", request);
    }

    private Optional<HistoryEntry> rejected() {
        if (requests.open(ControlAnnotation.Reject).isEmpty()) {
            return Optional.empty();
        }
        return Prospect.of(seen, asItWas, before, requests).stream()
                .filter(Prospect.NeedsApproval.class::isInstance)
                .map(Prospect.NeedsApproval.class::cast)
                .flatMap(prospect -> Prospect.decides(
                        ControlAnnotation.Reject, migrator, prospect.candidate().desired(), requests)
                        .map(request -> rejected(prospect, request))
                        .stream())
                .findFirst();
    }

    /** With the run, what has asked for it is rejected. */
    private HistoryEntry rejected(Prospect.NeedsApproval prospect, Request request) {
        requests.answer(request, "the run is not started");
        requests.answer(ControlAnnotation.Retry, "rejected by " + request.by());
        requests.answer(ControlAnnotation.Run, "rejected by " + request.by());
        return decided(
                prospect.candidate().desired(),
                Outcome.Rejected,
                prospect.itinerary().inputs(),
                request);
    }

    private HistoryEntry decided(String revision, Outcome outcome, String inputs, Request request) {
        var workload = asItWas.candidates().stream()
                .filter(any -> any.desired().equals(revision))
                .findFirst()
                .map(any -> any.workload().ref())
                .orElse("");
        return Report.decided(
                MigrationJob.idWithoutRun(migrator, before),
                revision,
                workload,
                outcome,
                inputs,
                migrator.getSpec().trigger(),
                request,
                seen.now());
    }
}
