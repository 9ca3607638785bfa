package net.coderanger.migrations.api;

/** Annotations that are part of the contract with users. A key never changes its meaning; new behaviour gets a new key. */
public final class Annotations {

    /** Pod template, set by the application's team: {@code "true"} refuses the pod while no Migrator matches it. */
    public static final String REQUIRED = Migrator.GROUP + "/required";

    /** Pod template, set by the application's team, and by the operator on its Jobs: {@code "true"} never holds the pod back. */
    public static final String NO_WAIT = Migrator.GROUP + "/no-wait";

    /** Pod template, set by the application's team: names of Migrators, separated by commas, that hold the pod even before they exist. */
    public static final String WAIT_FOR = Migrator.GROUP + "/wait-for";

    /** Pod template, set by the application's team: the revision, in place of the container's image. On a Job: its run's revision. */
    public static final String REVISION = Migrator.GROUP + "/revision";

    /** Pod, set by the injector: names of the Migrators, separated by commas, whose gate it added because their selector matched. */
    public static final String GATED_BY = Migrator.GROUP + "/gated-by";

    /** Job, set by the operator: what the run is doing, so that tools that watch the Job see the Migrator's progress. */
    public static final String PROGRESS = Migrator.GROUP + "/progress";

    /** Job, set by the operator: the workload that the Job was made from, as kind/name. */
    public static final String WORKLOAD = Migrator.GROUP + "/workload";

    /** Job, set by the operator: digest of everything that the Job was made from. */
    public static final String INPUTS = Migrator.GROUP + "/inputs";

    /** Job, set by the operator: the value of {@code spec.trigger} that the run answers. */
    public static final String TRIGGER = Migrator.GROUP + "/trigger";

    /** Job, set by the operator: the steps of its run, as JSON; on the run's first Job. */
    public static final String STEPS = Migrator.GROUP + "/steps";

    /** Job, set by the operator: what its step is for, a {@link StepKind}. */
    public static final String STEP_KIND = Migrator.GROUP + "/step-kind";

    /** Job, set by the operator: its place among the Jobs of its run, from 1. */
    public static final String NUMBER = Migrator.GROUP + "/number";

    /** Job, set by the operator: the revision that a run of {@code spec.down} takes the database back from. */
    public static final String ROLLED_BACK_FROM = Migrator.GROUP + "/rolled-back-from";

    /** Job, set by the operator: who approved that it was started, if that needed approval. */
    public static final String APPROVED_BY = Migrator.GROUP + "/approved-by";

    /** Job, set by the operator: how its run has ended, an {@link Outcome}; such a Job is suspended and runs nothing. */
    public static final String OUTCOME = Migrator.GROUP + "/outcome";

    /** Job, set by the operator: why its run has ended so. */
    public static final String OUTCOME_MESSAGE = Migrator.GROUP + "/outcome-message";

    /** Migrator, read as the original did: {@code "true"} makes the operator leave the Migrator alone. */
    public static final String SKIP_RECONCILE = "controller-utils/skip-reconcile";

    private static final String RELEASED_PREFIX = "released." + Migrator.GROUP + "/";

    /**
     * Pod, set by the operator with each release: when, RFC 3339. A Migrator cannot have this name. It is what a repeated release
     * changes: kubelet reacts to a change only.
     */
    public static final String RELEASED_AT = RELEASED_PREFIX + "At";

    private Annotations() {}

    /** Pod, set by the operator: holds the pod's UID once the named Migrator lets the pod start. */
    public static String released(String migrator) {
        return RELEASED_PREFIX + SafeName.of(migrator, SafeName.MAX);
    }
}
