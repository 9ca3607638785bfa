package net.coderanger.migrations.api;

/** How a run ended. */
public enum Outcome {
    Succeeded,
    Failed,
    /** Stopped because another revision took its place before it had ended. */
    Replaced
}
