package net.coderanger.migrations.api;

/** Whether a run waits for a person after a step. */
public enum StepApproval {
    Never,
    Always,
    /** When the step ends with exit code 2, as {@code terraform plan -detailed-exitcode} does when there is something to look at. */
    OnExitCode
}
