package net.coderanger.migrations.api;

/** What happens when a workload goes back to a revision that is migrated already, after a newer one was. */
public enum OnRollback {
    /** Nothing runs, the pods start at once. */
    Skip,
    /** The older revision's own migration runs again first, as the original operator did. */
    Run,
    /** {@code spec.down} runs first, with the image of the newer revision. */
    Down,
    /** The pods do not start. */
    Block
}
