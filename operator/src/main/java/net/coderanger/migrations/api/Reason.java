package net.coderanger.migrations.api;

/**
 * Why a condition is as it is, and what an event tells. Those of the condition {@code MigrationsReady} and the first five events
 * are the original operator's; a name never changes.
 */
public enum Reason {
    // conditions
    NothingToMigrate,
    MigrationsUpToDate,
    MigrationsPending,
    MigrationsRunning,
    MigrationsFailed,
    MigrationPodNotStarting,
    MigrationsRetrying,
    StaleJob,
    CreateError,
    AwaitingApproval,
    MigrationsCancelled,
    MigrationsRejected,
    RollbackBlocked,
    RunSuspended,
    StepsTooLarge,
    Suspended,
    TemplateNotFound,
    ContainerNotFound,
    InvalidSelector,
    UngatedPodsRunning,
    EveryPodGated,

    // events
    MigrationsStarted,
    MigrationsSucceeded,
    StepStarted,
    ProgressDeadlineNear,
    RequestAnswered
}
