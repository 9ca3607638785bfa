package net.coderanger.migrations.api;

/** Whether a run needs a person's approval before it starts. */
public enum Approval {
    Automatic,
    Required
}
