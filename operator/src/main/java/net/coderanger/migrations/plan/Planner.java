package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.ArrayList;
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
import net.coderanger.migrations.output.Excerpt;
import net.coderanger.migrations.plan.Requests.Request;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens next. Each plan either settles a run that has ended or starts one, never both: a run starts only from a
 * status in which everything before it stands.
 */
public final class Planner {

    /** How soon to try again after the API server has refused a Job. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(10);

    /**
     * How soon a pod is released again whose waiter has not ended. Under load kubelet now and then misses a change of a pod's
     * annotations and would show it to the container a minute later, with its next resync; a further change wakes it.
     */
    private static final Duration RELEASE_ANEW = Duration.ofSeconds(2);

    private final Observation seen;
    private final Migrator migrator;
    private final Requests requests;
    private final List<Run> unsettled;
    private final Map<String, Wishes> wishes = new HashMap<>();
    private final History before;
    private final Situation asItWas;
    private final Optional<HistoryEntry> settled;
    private final History history;
    private final Situation situation;

    private Planner(Observation seen) {
        this.seen = seen;
        this.migrator = seen.migrator();
        this.requests = Requests.of(seen);
        this.before = History.of(migrator.getStatus());
        this.unsettled = Run.of(seen.jobs().stream()
                .filter(job -> unsettled(job, before, seen.status().run()))
                .toList());
        this.asItWas = new Situation(seen, before);
        this.settled = settle();
        this.history = settled.map(before::with).orElse(before);
        this.situation = settled.isPresent() ? new Situation(seen, history) : asItWas;
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

    /** An outcome that the history has forgotten again is not news: its Job was let go when it was written. */
    static boolean unsettled(SeenJob job, History known, @Nullable RunStatus run) {
        return !known.has(job.runId())
                && (job.holdsOutcome() || (run != null && run.id().equals(job.runId())));
    }

    private Optional<HistoryEntry> settle() {
        for (var run : unsettled) {
            var wishes = wishes(run);
            if (course(run, wishes) instanceof Course.Ended ended) {
                wishes.decision().ifPresent(decision -> answer(decision, run));
                return Optional.of(Report.of(run, ended, wishes, seen.now()));
            }
        }
        return lost().or(() -> unsettled.isEmpty() && nothingRuns() ? decidedWithoutRun() : Optional.empty());
    }

    private Optional<HistoryEntry> lost() {
        return recordedRun()
                .filter(run -> seen.jobs().stream().noneMatch(job -> job.name().equals(run.job())))
                .filter(run -> !before.has(run.id()))
                .filter(run -> nothingRuns())
                .map(run -> Report.lost(run, seen.now()));
    }

    private Optional<RunStatus> recordedRun() {
        return Optional.ofNullable(seen.status().run());
    }

    private boolean nothingRuns() {
        return seen.jobs().stream().noneMatch(SeenJob::active);
    }

    /** A revision that somebody says is migrated, or must not be. */
    private Optional<HistoryEntry> decidedWithoutRun() {
        var baseline = requests.open(ControlAnnotation.Baseline);
        var id = MigrationJob.idWithoutRun(migrator, before);
        if (baseline.isPresent()) {
            var request = baseline.get();
            requests.answer(request, request.revision() + " counts as migrated");
            return Optional.of(Report.decided(
                    id, request.revision(), workloadOf(request.revision()), Outcome.Baseline, "", request, seen.now()));
        }
        return Prospect.of(seen, asItWas, before, requests).stream()
                .filter(Prospect.NeedsApproval.class::isInstance)
                .map(Prospect.NeedsApproval.class::cast)
                .flatMap(prospect -> Prospect.decides(
                        ControlAnnotation.Reject, migrator, prospect.candidate().desired(), requests)
                        .map(request -> {
                            requests.answer(request, "the run is not started");
                            return Report.decided(
                                    id,
                                    prospect.candidate().desired(),
                                    prospect.candidate().workload().ref(),
                                    Outcome.Rejected,
                                    prospect.inputs(),
                                    request,
                                    seen.now());
                        })
                        .stream())
                .findFirst();
    }

    private String workloadOf(String revision) {
        return asItWas.candidates().stream()
                .filter(any -> any.desired().equals(revision))
                .findFirst()
                .map(any -> any.workload().ref())
                .orElse("");
    }

    private Wishes wishes(Run run) {
        var recorded =
                recordedRun().filter(known -> known.id().equals(run.id())).orElse(null);
        var canRetry = run.state() instanceof JobState.Failed
                && run.jobsOf(run.step()).size()
                        <= migrator.getSpec().retryOrDefault().limitOrDefault();
        return wishes.computeIfAbsent(
                run.id(),
                id -> Wishes.of(
                        run, recorded, Replacement.of(run, recorded, migrator, asItWas, before), canRetry, requests));
    }

    private Course course(Run run, Wishes wishes) {
        return Course.of(run, wishes, migrator.getSpec().retryOrDefault(), seen.now());
    }

    private void answer(Wishes.Decision decision, Run run) {
        if (requests.open(decision.request().what()).isPresent()) {
            requests.answer(
                    decision.request(),
                    "run " + run.id() + (decision.approved() ? " goes on after step " : " ends after step ")
                            + run.step().name());
        }
    }

    private Plan planWithout(String refusal) {
        var then = releases();
        var going = unsettled.stream()
                .filter(run -> settled.isEmpty())
                .findFirst()
                .map(run -> Report.of(run, course(run, wishes(run)), wishes(run), refusal));
        var verdict = Verdicts.refused(situation, refusal);
        then.addAll(Announcements.of(seen, Optional.empty(), Optional.empty(), requests, verdict, situation));
        var upkeep = Upkeep.of(seen, history, unsettled);
        then.addAll(upkeep.actions());
        return new Plan(
                Optional.empty(),
                status(going.orElse(null), Optional.empty(), verdict),
                then,
                Optional.of(AFTER_REFUSAL));
    }

    private Optional<Duration> lookAgainIn(Upkeep upkeep, Optional<Course> course) {
        var backoff = course.filter(Course.Backoff.class::isInstance)
                .map(any -> Duration.between(seen.now(), ((Course.Backoff) any).until()));
        return Stream.of(
                        upkeep.lookAgainIn().stream(),
                        backoff.stream(),
                        situation.leaving().isEmpty() ? Stream.<Duration>empty() : Stream.of(RELEASE_ANEW))
                .flatMap(durations -> durations)
                .min(Duration::compareTo);
    }

    private List<Action> releases() {
        var again = situation.leaving().stream()
                .filter(pod -> !pod.releasedAt().plus(RELEASE_ANEW).isAfter(seen.now()));
        return Stream.concat(situation.waiting().stream().filter(situation::mayStart), again)
                .map(pod -> (Action) new Action.Release(pod.pod()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Plan plan() {
        if (settled.isPresent()) {
            return settling();
        }
        return unsettled.isEmpty() ? withoutRun() : withRun(unsettled.getFirst());
    }

    /** An outcome is written before anything else begins. */
    private Plan settling() {
        var then = releases();
        var prospects = Prospect.of(seen, situation, history, requests);
        var verdict = Verdicts.idle(seen, situation, history, prospects, true);
        then.addAll(Announcements.of(seen, settled, Optional.empty(), requests, verdict, situation));
        then.addAll(Upkeep.of(seen, history, unsettled).actions());
        return new Plan(Optional.empty(), status(null, Optional.empty(), verdict), then, Optional.of(Duration.ZERO));
    }

    private Plan withRun(Run run) {
        var then = releases();
        var wishes = wishes(run);
        var course = course(run, wishes);
        refuseToRetry(run);
        var started = course instanceof Course.Next next && nothingRuns()
                ? Optional.of(start(run, next.step(), wishes))
                : Optional.<Job>empty();
        var verdict = Verdicts.going(migrator, run, course, wishes, situation);
        then.addAll(steer(run, wishes, verdict));
        then.addAll(Announcements.of(
                seen,
                settled,
                started.map(job -> Announcements.started(seen, run, job)),
                requests,
                verdict,
                situation));
        var upkeep = Upkeep.of(seen, history, unsettled);
        then.addAll(upkeep.actions());
        return new Plan(
                started.map(Action.CreateJob::new),
                status(Report.of(run, course, wishes, verdict.message()), pending(run, course), verdict),
                then,
                lookAgainIn(upkeep, Optional.of(course)));
    }

    private Job start(Run run, PlannedStep step, Wishes wishes) {
        var more = new HashMap<String, String>();
        wishes.decision().filter(Wishes.Decision::approved).ifPresent(decision -> {
            more.put(Annotations.APPROVED_BY, decision.by());
            more.put(decision.request().what().key(), decision.request().value());
            answer(decision, run);
        });
        return run.next(step).job(migrator, more);
    }

    /** A run that is going on needs no other to be started for its sake. */
    private void refuseToRetry(Run run) {
        requests.answered(ControlAnnotation.Retry, "ignored, because run " + run.id() + " is going on");
    }

    private Optional<PendingApproval> pending(Run run, Course course) {
        return course instanceof Course.Awaiting
                ? Optional.of(new PendingApproval(
                        Wishes.decisive(run),
                        run.revision(),
                        run.step().name(),
                        Timestamps.of(run.ended(seen.now())),
                        run.newest()
                                .output()
                                .map(output -> Excerpt.end(output, HistoryEntry.MAX_OUTPUT))
                                .orElse(null)))
                : Optional.empty();
    }

    private Plan withoutRun() {
        var then = releases();
        var prospects = Prospect.of(seen, situation, history, requests);
        var next = migrator.getSpec().suspended() || !nothingRuns()
                ? Optional.<NextRun>empty()
                : prospects.stream()
                        .filter(Prospect.Starts.class::isInstance)
                        .map(prospect -> ((Prospect.Starts) prospect).run())
                        .findFirst();
        var job = next.map(run -> run.job(migrator, answers(run)));
        if (next.isEmpty()) {
            refuseTheImpossible(prospects);
        }
        var verdict = next.map(run -> Verdicts.starting(run, situation))
                .orElseGet(() -> Verdicts.idle(seen, situation, history, prospects, false));
        then.addAll(Announcements.of(
                seen, settled, job.map(started -> Announcements.started(seen, started)), requests, verdict, situation));
        var upkeep = Upkeep.of(seen, history, unsettled);
        then.addAll(upkeep.actions());
        var run = next.map(starting -> Report.of(
                starting,
                MigrationJob.jobName(migrator, starting.target().id(), 1),
                migrator.getSpec().trigger(),
                seen.now()));
        return new Plan(
                job.map(Action.CreateJob::new),
                status(run.orElse(null), next.isPresent() ? Optional.empty() : pending(prospects), verdict),
                then,
                lookAgainIn(upkeep, Optional.empty()));
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
            requests.answered(what, "ignored, because no run is going on");
        }
        if (prospects.isEmpty()) {
            requests.answered(ControlAnnotation.Retry, "ignored, because no run has failed");
        }
    }

    private Optional<PendingApproval> pending(List<Prospect> prospects) {
        return prospects.stream()
                .filter(prospect -> prospect instanceof Prospect.NeedsApproval)
                .map(Prospect.NeedsApproval.class::cast)
                .findFirst()
                .map(prospect -> new PendingApproval(
                        prospect.value(),
                        prospect.candidate().desired(),
                        null,
                        Optional.ofNullable(seen.status().pendingApproval())
                                .filter(before -> before.value().equals(prospect.value()))
                                .map(PendingApproval::since)
                                .orElseGet(() -> Timestamps.of(seen.now())),
                        null));
    }

    private List<Action> steer(Run run, Wishes wishes, Verdict verdict) {
        var newest = run.newest();
        var toBeStopped = wishes.stop().isPresent() || newest.beingDeleted();
        return toBeStopped && run.active() && !newest.endsWithItsPods()
                ? List.of(new Action.StopJob(newest.job()))
                : Upkeep.progress(newest.job(), verdict.message());
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
