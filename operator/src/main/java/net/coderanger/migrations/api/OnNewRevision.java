package net.coderanger.migrations.api;

/** What happens to a run that is going on when another revision has to be migrated. */
public enum OnNewRevision {
    /** It ends first. */
    Queue,
    /** It is stopped, with its grace period. */
    Replace
}
