package net.coderanger.migrations.api;

import org.jspecify.annotations.Nullable;

/**
 * Where a Migrator stands, in one word. Each phase is at most one of ready, reconciling and stalled, in the sense of kstatus, so
 * that the three conditions can never contradict each other.
 */
public enum Phase {
    /** No live pod matches the selector. */
    NothingToMigrate(ConditionType.Ready),
    /** A revision has to be migrated and its run has not started. */
    Pending(ConditionType.Reconciling),
    /** A run is going on. */
    Running(ConditionType.Reconciling),
    /** Every desired revision is migrated. */
    Migrated(ConditionType.Ready),
    /** The last run of a desired revision has failed for good. */
    Failed(ConditionType.Stalled),
    /** The Migrator, or a workload it selects, is not usable as it is. */
    Invalid(ConditionType.Stalled),
    /** A run waits for a person's approval: nothing goes on, and nothing is wrong. */
    AwaitingApproval(null),
    /** {@code onRollback: Block} keeps a workload from going back to an older revision. */
    Blocked(ConditionType.Stalled),
    /** {@code spec.suspend} or {@code suspend-run} holds back a run: nothing goes on, and nothing is wrong. */
    Suspended(null);

    private final @Nullable ConditionType holds;

    Phase(@Nullable ConditionType holds) {
        this.holds = holds;
    }

    /** Whether a condition is true in this phase. {@code MigrationsReady} is the original's name of {@code Ready}. */
    public boolean makesTrue(ConditionType condition) {
        return holds == (condition == ConditionType.MigrationsReady ? ConditionType.Ready : condition);
    }
}
