package net.coderanger.migrations.api;

/** The conditions of a Migrator. */
public enum ConditionType {
    /** kstatus: every desired revision is migrated, or there is nothing to migrate. */
    Ready,
    /** kstatus: the operator is at work, or waits for something that needs no person. */
    Reconciling,
    /** kstatus: nothing goes on until somebody acts. */
    Stalled,
    /** The original operator's condition, with its reasons. */
    MigrationsReady,
    /** Containers of a revision that is not migrated run all the same. */
    UngatedPods
}
