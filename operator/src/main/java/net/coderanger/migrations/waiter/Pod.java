package net.coderanger.migrations.waiter;

/**
 * The pod that the waiter runs in.
 *
 * @param namespace empty if unknown
 */
record Pod(String uid, String namespace) {}
