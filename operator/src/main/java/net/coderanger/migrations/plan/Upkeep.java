package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.HistoryEntry;

/**
 * What happens to Jobs beside the run itself: those whose outcome stands in the status are let go, and deleted in time.
 *
 * @param actions what is to be done now
 * @param lookAgainIn when there will be more to do
 */
record Upkeep(List<Action.FollowUp> actions, Optional<Duration> lookAgainIn) {

    /**
     * A finished Job stays this long in any case, by its finalizer if it was deleted. Its name is that of one run; a leader that
     * lost its lease while it was about to create that same Job is stopped by the name, and has itself ended before this time is
     * over.
     */
    static final Duration TOMBSTONE = Duration.ofSeconds(30);

    /** How soon warning events are looked at again while a Job has no pod: that changes no object the operator watches. */
    static final Duration NO_POD_YET = Duration.ofSeconds(3);

    private static final Duration NO_POD_FOR_LONG = Duration.ofMinutes(1);

    static Upkeep of(Observation seen, History history, List<Run> unsettled) {
        var actions = new ArrayList<Action.FollowUp>();
        var times = new ArrayList<Duration>();
        for (var job : seen.jobs()) {
            var openRun = unsettled.stream().anyMatch(run -> run.id().equals(job.runId())) && !history.has(job.runId());
            if (openRun) {
                if (job.pods().isEmpty() && JobState.of(job) instanceof JobState.Going) {
                    times.add(Pace.of(age(job, seen.now()), NO_POD_YET, NO_POD_FOR_LONG));
                }
                continue;
            }
            if (strays(job)) {
                stop(job).ifPresent(actions::add);
                continue;
            }
            var left =
                    Duration.between(seen.now(), ended(job, history, seen.now()).plus(TOMBSTONE));
            if (job.holdsOutcome() && !(job.beingDeleted() && left.isPositive())) {
                actions.add(new Action.LetGoOfJob(job.job()));
            }
            if (job.beingDeleted() ? job.holdsOutcome() : !stays(job, seen, history)) {
                if (left.isPositive()) {
                    times.add(left);
                } else if (!job.beingDeleted()) {
                    actions.add(new Action.DeleteJob(job.job()));
                }
            }
        }
        return new Upkeep(List.copyOf(actions), times.stream().min(Duration::compareTo));
    }

    /** Whether it runs although its run has ended: a leader that was none any more has started it. */
    private static boolean strays(SeenJob job) {
        return job.active() && JobState.of(job) instanceof JobState.Going;
    }

    /** Ends a Job that runs, its pods first. One that was deleted without them cannot be ended so any more: its pods end by themselves. */
    static Optional<Action.FollowUp> stop(SeenJob job) {
        return job.endsWithItsPods() || job.wasDeletedWithoutItsPods()
                ? Optional.empty()
                : Optional.of(new Action.StopJob(job.job()));
    }

    private static Duration age(SeenJob job, Instant now) {
        var created = job.job().getMetadata().getCreationTimestamp();
        return created == null ? Duration.ZERO : Duration.between(Instant.parse(created), now);
    }

    /** Tools that watch a Job but not its Migrator's message see the run get on. */
    static List<Action.FollowUp> progress(Job job, String message) {
        var stamped = SeenPod.orEmpty(job.getMetadata().getAnnotations()).get(Annotations.PROGRESS);
        return message.equals(stamped) ? List.of() : List.of(new Action.StampProgress(job, message));
    }

    private static boolean stays(SeenJob job, Observation seen, History history) {
        return history.newestRun()
                .filter(entry -> entry.id().equals(job.runId()) && !job.endsItsRun())
                .filter(entry -> switch (seen.migrator().getSpec().retentionOrDefault()) {
                    case Always -> true;
                    case OnFailure -> !entry.succeeded();
                    case Never -> false;
                })
                .isPresent();
    }

    private static Instant ended(SeenJob job, History history, Instant now) {
        return history.entries().stream()
                .filter(entry -> entry.id().equals(job.runId()))
                .findFirst()
                .map(HistoryEntry::completionTime)
                .map(Instant::parse)
                .orElse(now.minus(TOMBSTONE));
    }
}
