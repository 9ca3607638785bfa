package net.coderanger.migrations.api;

/** What a step of a run is for. */
public enum StepKind {
    /** One of {@code spec.before}. */
    Before,
    /** The migration itself. */
    Migration,
    /** {@code spec.down}: takes the database back to an older revision. */
    Down,
    /** One of {@code spec.after}. */
    After,
    /** {@code spec.onFailure}. */
    OnFailure;

    /** Whether the database may be changed half way when such a step has failed. */
    public boolean touchesSchema() {
        return this == Migration || this == Down || this == After;
    }
}
