package net.coderanger.migrations.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.RunStatus;
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
    private final @Nullable RunStatus before;
    private final List<Run> unsettled;
    private final Optional<HistoryEntry> settled;
    private final History history;
    private final Situation situation;

    private Planner(Observation seen) {
        this.seen = seen;
        this.migrator = seen.migrator();
        this.before = seen.status().run();
        var known = History.of(migrator.getStatus());
        this.unsettled = seen.jobs().stream()
                .filter(job -> unsettled(job, known, before))
                .map(Run::of)
                .toList();
        this.settled = settle();
        this.history = settled.map(known::with).orElse(known);
        this.situation = new Situation(seen, history);
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
        var lost = Optional.ofNullable(before)
                .filter(run -> seen.jobs().stream().noneMatch(job -> job.runId().equals(run.id())))
                .filter(run -> !History.of(migrator.getStatus()).has(run.id()))
                .map(run -> Run.lost(run, seen.now()));
        return unsettled.stream()
                .flatMap(run -> run.ended(before, seen.now()).stream())
                .findFirst()
                .or(() -> lost);
    }

    private Plan planWithout(String refusal) {
        var then = releases();
        var verdict = Verdicts.refused(situation, refusal);
        then.addAll(Announcements.of(seen, Optional.empty(), Optional.empty(), verdict, situation));
        var upkeep = Upkeep.of(seen, history, unsettled);
        then.addAll(upkeep.actions());
        return new Plan(Optional.empty(), status(null, verdict), then, Optional.of(AFTER_REFUSAL));
    }

    private Optional<Duration> lookAgainIn(Upkeep upkeep) {
        return Stream.concat(
                        upkeep.lookAgainIn().stream(),
                        situation.leaving().isEmpty() ? Stream.empty() : Stream.of(RELEASE_ANEW))
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
        var then = releases();

        var going = unsettled.stream().filter(Run::going).findFirst();
        var occupied = settled.isPresent() || seen.jobs().stream().anyMatch(SeenJob::active) || going.isPresent();
        var next = occupied ? Optional.<NextRun>empty() : NextRun.of(seen, situation, history);
        var verdict = going.map(run -> Verdicts.going(run, replacement(run), situation))
                .or(() -> next.map(run -> Verdicts.starting(run, situation)))
                .orElseGet(() -> Verdicts.idle(seen, situation, history, settled.isPresent()));
        var run = going.map(current -> current.status(replacement(current).orElse(null), verdict.message()))
                .or(() -> next.map(starting -> starting.status(migrator, seen.now())));

        going.ifPresent(current -> then.addAll(steer(current, verdict)));
        then.addAll(Announcements.of(seen, settled, next, verdict, situation));
        var upkeep = Upkeep.of(seen, history, unsettled);
        then.addAll(upkeep.actions());
        return new Plan(
                next.map(starting -> new Action.CreateJob(starting.job(migrator))),
                status(run.orElse(null), verdict),
                then,
                settled.isPresent() ? Optional.of(Duration.ZERO) : lookAgainIn(upkeep));
    }

    private List<Action> steer(Run current, Verdict verdict) {
        var job = current.seen().job();
        var toBeStopped = replacement(current).isPresent() || current.seen().beingDeleted();
        return toBeStopped && !current.seen().endsWithItsPods()
                ? List.of(new Action.StopJob(job))
                : Upkeep.progress(job, verdict.message());
    }

    /** The revision for which a run that is going on is stopped, if it is. */
    private Optional<String> replacement(Run current) {
        return Replacement.of(current, before, migrator, situation);
    }

    private MigratorStatus status(@Nullable RunStatus run, Verdict verdict) {
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
