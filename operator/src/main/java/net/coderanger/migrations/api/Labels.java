package net.coderanger.migrations.api;

/** Labels that the operator sets on its Jobs and on their pods. */
public final class Labels {

    /** Job's pod: name of the Migrator; the original's label. Long names are shortened as {@link SafeName} says. */
    public static final String MIGRATIONS = "migrations";

    /** Job and its pod: name of the Migrator; marks them as the operator's own. */
    public static final String MIGRATOR = Migrator.GROUP + "/migrator";

    /** Job and its pod: the run's id. */
    public static final String RUN = Migrator.GROUP + "/run";

    /** Job and its pod: the name of the run's step. */
    public static final String STEP = Migrator.GROUP + "/step";

    private Labels() {}
}
