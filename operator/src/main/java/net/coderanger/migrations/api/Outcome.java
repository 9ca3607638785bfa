package net.coderanger.migrations.api;

/** How a run ended. */
public enum Outcome {
    Succeeded,
    Failed,
    /** Stopped because another revision took its place before it had ended. */
    Replaced,
    /** Stopped because somebody asked for it. */
    Cancelled,
    /** Somebody who was asked for approval said no. */
    Rejected,
    /** Nothing has run: somebody has said that the revision is migrated. */
    Baseline;

    /** Whether the revision counts as migrated. */
    public boolean migrated() {
        return this == Succeeded || this == Baseline;
    }

    /** Whether the revision waits until something changes or somebody asks for another run. */
    public boolean stalls() {
        return this == Failed || this == Cancelled || this == Rejected;
    }
}
