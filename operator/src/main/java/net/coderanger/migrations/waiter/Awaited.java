package net.coderanger.migrations.waiter;

/**
 * What the waiter waits for.
 *
 * @param file where the pod's release annotation is shown
 * @param migrator name of the Migrator that releases the pod
 * @param revision what is being migrated to; empty if it was not known when the pod was admitted
 */
record Awaited(String file, String migrator, String revision) {}
