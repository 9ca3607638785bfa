package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import org.jspecify.annotations.Nullable;

/**
 * The run that starts now.
 *
 * @param id its id
 * @param candidate whose desired revision it migrates
 * @param job what its Job is made from
 */
record NextRun(String id, Candidate candidate, MigrationJob job) {

    /** The run to start when none is going on; empty if nothing is due, or what is due may not start. */
    static Optional<NextRun> of(Observation seen, Situation situation, History history) {
        var migrator = seen.migrator();
        if (migrator.getSpec().suspended()) {
            return Optional.empty();
        }
        var due = situation.due();
        var wanted = due.isEmpty() && triggered(migrator, history)
                ? situation.candidates().stream().limit(1)
                : due.stream();
        return wanted.flatMap(candidate -> MigrationJob.of(migrator, candidate.workload()).stream()
                        .filter(job -> !failedAlready(
                                candidate, job, migrator.getSpec().trigger(), situation, history))
                        .map(job -> new NextRun(MigrationJob.nextRunId(migrator, history), candidate, job)))
                .findFirst();
    }

    /**
     * A failed run starts again when something has changed that could make it succeed; nothing else does it. The workload it
     * failed from is asked, as long as it still wants that revision: another one's template differs anyway.
     */
    private static boolean failedAlready(
            Candidate candidate, MigrationJob job, @Nullable String trigger, Situation situation, History history) {
        return history.newestOf(candidate.desired())
                .filter(entry -> entry.outcome() == Outcome.Failed)
                .filter(entry -> Objects.equals(entry.trigger(), trigger))
                .filter(entry -> entry.inputs().equals(job.inputs())
                        || (!entry.workload().equals(candidate.workload().ref())
                                && situation.wants(entry.workload(), entry.revision())))
                .isPresent();
    }

    private static boolean triggered(Migrator migrator, History history) {
        var trigger = migrator.getSpec().triggerIfAny();
        return trigger.isPresent() && !trigger.equals(history.newest().map(HistoryEntry::trigger));
    }

    Job job(Migrator migrator) {
        return job.job(migrator, id, candidate.desired());
    }

    RunStatus status(Migrator migrator, Instant now) {
        return new RunStatus(
                id,
                candidate.desired(),
                job.image(),
                candidate.workload().ref(),
                MigrationJob.jobName(migrator, id),
                null,
                job.inputs(),
                migrator.getSpec().trigger(),
                Timestamps.of(now),
                0,
                null,
                "its Job is created");
    }
}
