package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;

/**
 * Everything that a plan is made from.
 *
 * @param migrator the Migrator with its status as last written
 * @param pods pods of its namespace that match {@code spec.selector} or carry its gate, without those of migration Jobs
 * @param jobs its Jobs; the one that {@code status.run} names is here if it exists at all
 * @param leftBehind pods of migrations that are none of these Jobs': those of a Migrator of the same name that was deleted
 * @param now the time
 */
public record Observation(
        Migrator migrator, List<SeenPod> pods, List<SeenJob> jobs, List<Pod> leftBehind, Instant now) {

    public Observation {
        pods = List.copyOf(pods);
        jobs = List.copyOf(jobs);
        leftBehind = List.copyOf(leftBehind);
    }

    String name() {
        return migrator.getMetadata().getName();
    }

    MigratorStatus status() {
        var status = migrator.getStatus();
        return status == null ? MigratorStatus.EMPTY : status;
    }

    boolean nothingRuns() {
        return noJobRuns() && stillActive().findFirst().isEmpty();
    }

    boolean noJobRuns() {
        return jobs.stream().noneMatch(SeenJob::active);
    }

    /** Of the pods that were left behind, those that may still be migrating. */
    Stream<Pod> stillActive() {
        return leftBehind.stream().filter(SeenJob::active);
    }
}
