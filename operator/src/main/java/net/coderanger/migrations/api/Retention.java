package net.coderanger.migrations.api;

/** Which finished Jobs stay, for their logs. */
public enum Retention {
    OnFailure,
    Always,
    Never
}
