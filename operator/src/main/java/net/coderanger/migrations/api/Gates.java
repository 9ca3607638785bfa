package net.coderanger.migrations.api;

/** Names of what holds a pod. */
public final class Gates {

    /** Keeps a Job until its outcome stands in the Migrator's status. */
    public static final String OUTCOME_FINALIZER = Migrator.GROUP + "/outcome";

    /** Name of the injected volume that shows a pod its own release annotations. */
    public static final String VOLUME = "migrations-gate";

    /** Where the waiter finds that volume; one file per Migrator, named as {@link #fileName}. */
    public static final String MOUNT_PATH = "/migrations-gate";

    private static final String WAITER_PREFIX = "migrate-wait-";
    private static final String SCHEDULING_GATE_PREFIX = Migrator.GROUP + "/";

    private Gates() {}

    /** Name of the init container that waits for a Migrator; the original's name. */
    public static String waiterContainer(String migrator) {
        return WAITER_PREFIX + SafeName.label(migrator, SafeName.MAX - WAITER_PREFIX.length());
    }

    public static boolean isWaiter(String containerName) {
        return containerName.startsWith(WAITER_PREFIX);
    }

    /** Name of the scheduling gate of a Migrator, injected or written into a template by hand. */
    public static String schedulingGate(String migrator) {
        return SCHEDULING_GATE_PREFIX + SafeName.of(migrator, SafeName.MAX);
    }

    public static boolean isSchedulingGate(String gateName) {
        return gateName.startsWith(SCHEDULING_GATE_PREFIX);
    }

    /** Name of the file, in the injected volume, that holds the release annotation of a Migrator. */
    public static String fileName(String migrator) {
        return SafeName.of(migrator, SafeName.MAX);
    }
}
