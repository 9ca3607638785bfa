package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.plan.Requests.Request;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens next. Each plan either settles a run that has ended or starts one, never both: a run starts only from a
 * status in which everything before it stands.
 */
public final class Planner {

    /** How soon to try again after the API server has refused a Job. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(10);

    private final Observation seen;
    private final Migrator migrator;
    private final Requests requests;
    private final List<Run> unsettled;
    private final List<Journey> journeys;
    private final Optional<HistoryEntry> settled;
    private final History history;
    private final Situation situation;
    private final Upkeep upkeep;

    private Planner(Observation seen) {
        this.seen = seen;
        this.migrator = seen.migrator();
        var before = History.of(migrator.getStatus());
        this.requests = Requests.of(seen, before);
        this.unsettled = Run.of(
                seen.jobs().stream().filter(job -> job.unsettled(migrator)).toList());
        var asItWas = new Situation(seen, before);
        this.journeys = Journey.of(seen, unsettled, before, asItWas, requests);
        this.settled = Settlement.of(seen, before, asItWas, journeys, requests);
        this.history = settled.map(before::with).orElse(before);
        this.situation = settled.isPresent() ? new Situation(seen, history) : asItWas;
        this.upkeep = Upkeep.of(seen, history, unsettled);
    }

    /** The plan for what is seen. */
    public static Plan plan(Observation seen) {
        return new Planner(seen).plan();
    }

    /**
     * What is done when the API server has refused the Job of a plan: all the rest of it.
     *
     * @param why the API server's message
     */
    public static Plan refused(Observation seen, String why) {
        return new Planner(seen).planWithout(why);
    }

    private Plan planWithout(String refusal) {
        var going = journeys.stream().findFirst();
        going.ifPresent(journey -> journey.wishes().answer(journey.run(), journey.course(), requests));
        var run = going.map(
                journey -> Report.of(journey.run(), journey.recorded(), journey.course(), journey.wishes(), refusal));
        var verdict = verdicts().refused(refusal);
        return new Plan(
                Optional.empty(),
                status(run.orElse(null), Optional.empty(), verdict),
                releases(),
                then(List.of(), Optional.empty(), verdict),
                Optional.of(AFTER_REFUSAL));
    }

    private List<Action.Release> releases() {
        return Releases.of(situation, seen.now());
    }

    /** The requests have to be answered before. */
    private List<Action.FollowUp> then(
            List<Action.FollowUp> first, Optional<Action.FollowUp> started, Verdict verdict) {
        var events = Announcements.of(seen, settled, started, requests, verdict, situation);
        return Stream.of(first, events, upkeep.actions()).flatMap(List::stream).toList();
    }

    private Verdicts verdicts() {
        return new Verdicts(seen, situation, requests);
    }

    private Optional<Duration> lookAgainIn(Optional<Course> course) {
        var backoff = course.filter(Course.Backoff.class::isInstance)
                .map(any -> Duration.between(seen.now(), ((Course.Backoff) any).until()));
        return Stream.of(
                        upkeep.lookAgainIn().stream(),
                        backoff.stream(),
                        RolloutDeadlines.lookAgainIn(situation, seen.now()).stream(),
                        Releases.lookAgainIn(situation, seen.now()).stream())
                .flatMap(durations -> durations)
                .min(Duration::compareTo);
    }

    private Plan plan() {
        if (settled.isPresent()) {
            return settling();
        }
        return journeys.isEmpty() ? withoutRun() : withRun(journeys.getFirst());
    }

    /** An outcome is written before anything else begins. */
    private Plan settling() {
        var prospects = Prospect.of(seen, situation, history, requests);
        var verdict = verdicts().idle(history, prospects, true);
        return new Plan(
                Optional.empty(),
                status(null, Optional.empty(), verdict),
                releases(),
                then(List.of(), Optional.empty(), verdict),
                Optional.of(Duration.ZERO));
    }

    private Plan withRun(Journey journey) {
        var run = journey.run();
        var course = journey.course();
        var wishes = journey.wishes();
        wishes.answer(run, course, requests);
        var verdict = verdicts().going(run, course, wishes);
        var report = Report.of(run, journey.recorded(), course, wishes, verdict.message());
        var started = Optional.<Job>empty();
        var told = Optional.<Action.FollowUp>empty();
        if (course instanceof Course.Next next && seen.nothingRuns()) {
            var job = start(journey, next.step());
            started = Optional.of(job);
            told = Optional.of(Announcements.started(seen, run, job));
            report = Report.started(report, job, run.itinerary(), next.step());
        } else if (course instanceof Course.Ending ending) {
            started = Optional.of(end(journey, ending.end()));
        }
        return new Plan(
                started.map(Action.CreateJob::new),
                status(report, AwaitedApproval.of(seen, run, course, requests), verdict),
                releases(),
                then(steer(run, wishes, verdict), told, verdict),
                lookAgainIn(Optional.of(course)));
    }

    /** The Job of the next step. It carries the requests that have led to it. */
    private Job start(Journey journey, PlannedStep step) {
        var run = journey.run();
        var more = new HashMap<String, String>();
        journey.wishes().decision().filter(Wishes.Decision::approved).ifPresent(decision -> {
            more.put(Annotations.APPROVED_BY, decision.by());
            more.put(decision.request().what().key(), decision.request().value());
            journey.wishes().decided(run, Outcome.Succeeded, requests);
        });
        journey.wishes().retryNow().ifPresent(retry -> {
            more.put(retry.what().key(), retry.value());
            requests.answer(retry, "step " + run.step().name() + " is tried again at once");
        });
        return run.next(step).job(migrator, more);
    }

    private Job end(Journey journey, Course.Ended end) {
        var more = new HashMap<String, String>();
        if (end.outcome() == Outcome.Rejected) {
            journey.wishes().decision().ifPresent(decision -> {
                more.put(decision.request().what().key(), decision.request().value());
                journey.wishes().decided(journey.run(), Outcome.Rejected, requests);
            });
        }
        return journey.run().next(journey.run().step()).ending(end, migrator, more);
    }

    private Plan withoutRun() {
        var prospects = Prospect.of(seen, situation, history, requests);
        var next = migrator.getSpec().suspended() || !seen.nothingRuns()
                ? Optional.<NextRun>empty()
                : prospects.stream()
                        .filter(Prospect.Starts.class::isInstance)
                        .findFirst()
                        .map(prospect -> ((Prospect.Starts) prospect).run(migrator, history));
        var job = next.map(run -> run.job(migrator, answers(run)));
        if (next.isEmpty()) {
            refuseTheImpossible(prospects);
        }
        var verdict = next.map(verdicts()::starting).orElseGet(() -> verdicts().idle(history, prospects, false));
        var told = job.map(started -> Announcements.started(seen, started));
        var run = next.map(starting -> Report.of(
                starting, MigrationJob.jobName(migrator, starting.target().id(), 1), seen.now()));
        return new Plan(
                job.map(Action.CreateJob::new),
                status(
                        run.orElse(null),
                        next.isPresent() ? Optional.empty() : AwaitedApproval.of(seen, prospects, requests),
                        verdict),
                releases(),
                then(List.of(), told, verdict),
                lookAgainIn(Optional.empty()));
    }

    /** The requests that the start of a run answers, as annotations of its Job. */
    private Map<String, String> answers(NextRun run) {
        var answers = new HashMap<String, String>();
        var approval = run.approvedBy().isEmpty()
                ? Optional.<Request>empty()
                : Prospect.decides(
                        ControlAnnotation.Approve, migrator, run.target().revision(), requests);
        Stream.concat(
                        approval.stream(),
                        Stream.of(ControlAnnotation.Retry, ControlAnnotation.Run)
                                .flatMap(what -> requests.open(what).stream()))
                .forEach(request -> {
                    answers.put(request.what().key(), request.value());
                    requests.answer(request, "run " + run.target().id() + " was started");
                });
        return answers;
    }

    /** What is asked for, but has nothing that it could be done to. */
    private void refuseTheImpossible(List<Prospect> prospects) {
        for (var what : List.of(ControlAnnotation.Cancel, ControlAnnotation.SuspendRun, ControlAnnotation.ResumeRun)) {
            requests.answer(what, "ignored, because no run is going on");
        }
        if (prospects.isEmpty()) {
            requests.answer(ControlAnnotation.Retry, "ignored, because no run has failed");
        }
    }

    private List<Action.FollowUp> steer(Run run, Wishes wishes, Verdict verdict) {
        var newest = run.newest();
        var toBeStopped = wishes.stop().isPresent() || newest.beingDeleted();
        var stop = Upkeep.stop(newest).filter(any -> toBeStopped && run.active());
        return stop.map(List::of).orElseGet(() -> Upkeep.progress(newest.job(), verdict.message()));
    }

    private MigratorStatus status(@Nullable RunStatus run, Optional<PendingApproval> approval, Verdict verdict) {
        var kept = history.trimmed(
                migrator.getSpec().historyLimitOrDefault(),
                situation.inUse(),
                seen.jobs().stream().map(SeenJob::runId).collect(Collectors.toSet()));

        return new MigratorStatus(
                migrator.getMetadata().getGeneration(),
                verdict.phase(),
                desiredRevision(run),
                history.lastSuccessfulMigration(),
                run,
                approval.orElse(null),
                requests.handled(),
                kept.entries(),
                situation.waiting().size(),
                situation.ungated().size(),
                verdict.conditions(seen, Verdicts.ungated(situation)));
    }

    private @Nullable String desiredRevision(@Nullable RunStatus run) {
        if (run != null) {
            return run.revision();
        }
        return situation.due().stream()
                .findFirst()
                .or(() -> situation.candidates().stream().findFirst())
                .map(Candidate::desired)
                .orElse(null);
    }
}
