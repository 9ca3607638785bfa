package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.api.StepKind;

/**
 * A run whose outcome does not stand in the history.
 *
 * @param recorded as the status has it, if it does
 * @param wishes what users want of it
 * @param course what comes next
 */
record Journey(Run run, Optional<RunStatus> recorded, Wishes wishes, Course course) {

    /**
     * All of them.
     *
     * @param runs whose outcomes do not stand in the history
     */
    static List<Journey> of(Observation seen, List<Run> runs, History history, Situation situation, Requests requests) {
        return runs.stream()
                .map(run -> of(seen, run, history, situation, requests))
                .toList();
    }

    private static Journey of(Observation seen, Run run, History history, Situation situation, Requests requests) {
        var migrator = seen.migrator();
        var recorded = Optional.ofNullable(seen.status().run())
                .filter(known -> known.id().equals(run.id()));
        var known = recorded.orElse(null);
        var retry = migrator.getSpec().retryOrDefault();
        var canRetry = run.state() instanceof JobState.Failed
                && run.step().kind() != StepKind.OnFailure
                && run.jobsOf(run.step()).size() <= retry.limitOrDefault();
        var wishes =
                Wishes.of(run, known, Replacement.of(run, known, migrator, situation, history), canRetry, requests);
        return new Journey(run, recorded, wishes, Course.of(run, wishes, retry, seen.now()));
    }
}
