package net.coderanger.migrations.plan;

import java.time.Instant;
import java.util.List;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;

/**
 * Everything that a plan is made from.
 *
 * @param migrator the Migrator with its status as last written
 * @param pods pods of its namespace that match {@code spec.selector} or carry its gate, without those of migration Jobs
 * @param jobs its Jobs; the one that {@code status.run} names is here if it exists at all
 * @param now the time
 */
public record Observation(Migrator migrator, List<SeenPod> pods, List<SeenJob> jobs, Instant now) {

    public Observation {
        pods = List.copyOf(pods);
        jobs = List.copyOf(jobs);
    }

    String name() {
        return migrator.getMetadata().getName();
    }

    MigratorStatus status() {
        var status = migrator.getStatus();
        return status == null ? MigratorStatus.EMPTY : status;
    }

    boolean nothingRuns() {
        return jobs.stream().noneMatch(SeenJob::active);
    }
}
