package net.coderanger.migrations.api;

/** Where a step of a run stands. */
public enum StepState {
    Pending,
    Running,
    /** It has ended, and somebody has to approve before the run goes on. */
    AwaitingApproval,
    /** It has failed, and will be tried again. */
    Retrying,
    Succeeded,
    Failed
}
