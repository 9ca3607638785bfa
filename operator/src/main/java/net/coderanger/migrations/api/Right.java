package net.coderanger.migrations.api;

/** What somebody must be allowed, so that the operator does what they ask of a Migrator. */
public enum Right {
    /** To create Jobs in the Migrator's namespace: whoever may change what a Migrator runs could run it all the same. */
    CreateJobs,
    /** The verb {@code approve} on the Migrator, which nobody has who was not given it, or everything. */
    Approve
}
