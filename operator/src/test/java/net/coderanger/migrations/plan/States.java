package net.coderanger.migrations.plan;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import org.jspecify.annotations.Nullable;

/** Every state that a Migrator can be in, and a story that leads there. */
final class States {

    /**
     * One state.
     *
     * @param name its name, which is that of its document too
     * @param situation what has happened
     * @param next what it goes on with, or what to do
     * @param given the story up to right before
     * @param when what leads into it
     */
    record State(String name, String situation, String next, Supplier<Story> given, Consumer<Story> when) {}

    /** What the condition Ready can say: phase and reason. */
    record Kind(Phase phase, Reason reason) {

        /** That of a status; null if the operator has not written one. */
        static @Nullable Kind of(MigratorStatus status) {
            return status.conditions().stream()
                    .filter(condition -> "Ready".equals(condition.type()))
                    .map(ready -> new Kind(Objects.requireNonNull(status.phase()), Reason.valueOf(ready.reason())))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** All that there are. Whatever happens in whatever test, no other is ever written. */
    static final Set<Kind> KINDS = Set.of(
            new Kind(Phase.NothingToMigrate, Reason.NothingToMigrate),
            new Kind(Phase.Pending, Reason.MigrationsPending),
            new Kind(Phase.Pending, Reason.CreateError),
            new Kind(Phase.Pending, Reason.TemplateNotFound),
            new Kind(Phase.Running, Reason.MigrationsRunning),
            new Kind(Phase.Running, Reason.MigrationPodNotStarting),
            new Kind(Phase.Running, Reason.MigrationsRetrying),
            new Kind(Phase.Running, Reason.StaleJob),
            new Kind(Phase.Running, Reason.MigrationsCancelled),
            new Kind(Phase.Running, Reason.MigrationsRejected),
            new Kind(Phase.Migrated, Reason.MigrationsUpToDate),
            new Kind(Phase.AwaitingApproval, Reason.AwaitingApproval),
            new Kind(Phase.Suspended, Reason.Suspended),
            new Kind(Phase.Suspended, Reason.RunSuspended),
            new Kind(Phase.Failed, Reason.MigrationsFailed),
            new Kind(Phase.Failed, Reason.MigrationsCancelled),
            new Kind(Phase.Failed, Reason.MigrationsRejected),
            new Kind(Phase.Blocked, Reason.RollbackBlocked),
            new Kind(Phase.Invalid, Reason.InvalidSelector),
            new Kind(Phase.Invalid, Reason.TemplateNotFound),
            new Kind(Phase.Invalid, Reason.ContainerNotFound),
            new Kind(Phase.Invalid, Reason.StepsTooLarge));

    private static final String ONE_TRY = "job: {backoffLimit: 0}";
    private static final String STEPS = "before: [{name: plan, command: [plan]}, {name: backup, command: [backup]}]\n"
            + "after: [{name: verify, command: [verify]}]";
    private static final String ASKS = "before: [{name: plan, command: [plan], approval: Always}]";
    private static final String RESTORE = "onFailure: {command: [restore]}";
    private static final String PLANNED =
            "-- plan: 2 statements\nALTER TABLE orders ADD COLUMN note text;\nDROP TABLE carts;";
    private static final String ERROR =
            "Applying 0042_orders...\nERROR: relation \"orders\" already exists\nThe migration has failed.";

    private States() {}

    static List<State> all() {
        return List.of(
                state(
                        "not-seen-yet",
                        "The Migrator has just been created",
                        "the operator's first pass; if it does not come, look at the operator",
                        () -> applied(),
                        story -> {}),
                state(
                        "outdated",
                        "The spec has changed, and the operator has not looked yet",
                        "the operator's next pass",
                        () -> migrated(),
                        story -> story.cluster.changesSpec("command: [migrate, --verbose]")),
                state(
                        "nothing-to-migrate",
                        "No live pod matches `spec.selector`",
                        "the first pod",
                        () -> applied(),
                        Story::goesOnAtOnce),
                state("starting", "A revision is due", "the Job's pod", () -> Story.of(), story -> {
                    story.cluster.rollsOut("web", "shop:v1");
                    story.operator.reconcile();
                }),
                state(
                        "running",
                        "The migration runs",
                        "its end",
                        () -> Story.of().rollsOut("web", "shop:v1"),
                        Story::goesOnAtOnce),
                state(
                        "running-a-step",
                        "A run of several steps is at its migration",
                        "its end, then the next step",
                        () -> minutes(Story.of(STEPS).rollsOut("web", "shop:v1"), 1)
                                .succeeds("plan"),
                        story -> {
                            minutes(story, 2);
                            story.succeeds("backup");
                        }),
                state(
                        "resumed",
                        "A run that was suspended goes on (`resume-run`)",
                        "the step's end",
                        () -> {
                            var story = Story.of(STEPS).rollsOut("web", "shop:v1");
                            var run = story.going().id();
                            return story.asks(ControlAnnotation.SuspendRun, run).succeeds("plan");
                        },
                        story -> story.asks(
                                ControlAnnotation.ResumeRun, story.going().id())),
                state(
                        "between-two-steps",
                        "A step has succeeded",
                        "the next step's pod",
                        () -> Story.of(STEPS).rollsOut("web", "shop:v1"),
                        story -> {
                            story.kubelet.end(0);
                            story.jobController.sync();
                            story.jobController.sync();
                            story.operator.reconcile();
                        }),
                state(
                        "pod-not-starting",
                        "The Job's pod cannot start",
                        "whatever keeps it; a mended template or spec takes its place at once",
                        () -> Story.of(),
                        story -> story.rollsOut("web", "shop:broken")),
                state(
                        "attempt-failed",
                        "A pod of the migration has failed, its Job tries again (`job.backoffLimit`)",
                        "the next pod's end",
                        () -> minutes(Story.of().rollsOut("web", "shop:v1"), 1),
                        story -> story.fails("migration")),
                state(
                        "retrying",
                        "A step has failed, and is to be tried again (`retry`)",
                        "the next attempt, at the time the message says; the annotation `retry` skips the wait",
                        () -> printing(
                                ERROR,
                                Story.of(ONE_TRY, "retry: {limit: 3, backoffSeconds: 20}")
                                        .rollsOut("web", "shop:v1")),
                        story -> story.fails("migration")),
                state(
                        "rolling-back",
                        "A workload goes back, and `onRollback: Down` takes the database back first",
                        "its end",
                        () -> Story.of("onRollback: Down", "down: {command: [undo]}")
                                .isMigratedTo("web", "shop:v1")
                                .isMigratedTo("web", "shop:v2"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "restoring",
                        "The migration has failed for good, and `onFailure` runs",
                        "its end; the run has failed then",
                        () -> printing(ERROR, Story.of(ONE_TRY, RESTORE).rollsOut("web", "shop:v1")),
                        story -> story.fails("migration")),
                state(
                        "being-replaced",
                        "The migration is stopped for a newer revision (`onNewRevision: Replace`)",
                        "its pod's end, then the newer revision's run",
                        () -> Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1"),
                        story -> {
                            story.cluster.rollsOut("web", "shop:v2");
                            story.operator.reconcile();
                        }),
                state(
                        "being-cancelled",
                        "Somebody has asked for the end of the run (`cancel`)",
                        "its pod's end",
                        () -> Story.of().rollsOut("web", "shop:v1"),
                        story -> {
                            story.cluster.annotates(ControlAnnotation.Cancel, "1");
                            story.operator.reconcile();
                        }),
                state(
                        "being-rejected",
                        "Somebody has said no after a step",
                        "the run's end",
                        () -> Story.of(ASKS).rollsOut("web", "shop:v1").succeeds("plan"),
                        story -> {
                            story.cluster.annotates(
                                    ControlAnnotation.Reject,
                                    story.pendingApproval().value() + " not on a friday");
                            story.operator.reconcile();
                        }),
                state(
                        "job-deleted",
                        "Somebody has deleted the Job while it ran",
                        "its pod's end; if it did not succeed, the run has failed",
                        () -> Story.of().rollsOut("web", "shop:v1"),
                        story -> {
                            story.jobController.delete(story.going().job(), true);
                            story.operator.reconcile();
                        }),
                state(
                        "next-is-due",
                        "A run has ended, another revision is due",
                        "the start of its run, in the next pass",
                        () -> {
                            var story = Story.of();
                            story.cluster.rollsOut("web", "shop:v1");
                            story.cluster.passes(Duration.ofSeconds(1));
                            story.cluster.rollsOut("reports", "reports:v1");
                            return story.goesOnAtOnce();
                        },
                        story -> {
                            story.kubelet.end(0);
                            story.jobController.sync();
                            story.jobController.sync();
                            story.operator.reconcile();
                        }),
                state(
                        "job-refused",
                        "The API server refuses the Job",
                        "it is tried again every ten seconds",
                        () -> {
                            var story = Story.of();
                            story.cluster.refusesJobs(
                                    "jobs.batch \"shop\" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5");
                            return story;
                        },
                        story -> {
                            story.cluster.rollsOut("web", "shop:v1");
                            story.operator.reconcile();
                        }),
                state(
                        "no-template",
                        "Pods match `spec.selector`, but none of them `spec.templateSelector`",
                        "a pod that matches both",
                        () -> Story.of("templateSelector: {matchLabels: {role: web}}"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "migrated",
                        "Every desired revision is migrated",
                        "the next revision",
                        () -> minutes(Story.of().rollsOut("web", "shop:v1"), 1),
                        story -> story.succeeds("migration")),
                state(
                        "migrated-after-steps",
                        "Every desired revision is migrated, by a run of several steps",
                        "the next revision",
                        () -> Story.of(STEPS).rollsOut("web", "shop:v1").succeeds("plan", "backup", "migration"),
                        story -> story.succeeds("verify")),
                state(
                        "migrated-but-suspended",
                        "Every desired revision is migrated, and `spec.suspend` is true",
                        "the next revision waits until `spec.suspend` is false",
                        () -> migrated(),
                        story -> {
                            story.cluster.changesSpec("suspend: true");
                            story.goesOnAtOnce();
                        }),
                state(
                        "pods-stranded",
                        "Every desired revision is migrated, but a pod waits for one that no workload wants any more",
                        "delete the pod, or roll its workload out",
                        () -> Story.of("approval: Required").rollsOut("web", "shop:v1"),
                        story -> story.rollsOut("web", "shop:v2").approves().succeeds("migration")),
                state(
                        "ungated-pods",
                        "Containers of a revision that is not migrated run all the same: the pod was created before the Migrator",
                        "nothing holds that pod; its migration runs now",
                        () -> Story.of(),
                        story -> {
                            story.cluster.changesTemplate("web", Workloads.template("shop:v1", "web"));
                            story.cluster.addsPod(
                                    "web", story.cluster.workload("web").template(), Gate.None);
                            story.goesOnAtOnce();
                        }),
                state(
                        "awaiting-approval",
                        "The run may start only when somebody approves (`approval: Required`)",
                        "`approve`, `reject`, or `spec.approvedRevision`",
                        () -> Story.of("approval: Required"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "awaiting-approval-of-a-step",
                        "A step has ended and asks: may the run go on?",
                        "`approve` or `reject`",
                        () -> printing(PLANNED, Story.of(ASKS).rollsOut("web", "shop:v1")),
                        story -> story.succeeds("plan")),
                state(
                        "suspended",
                        "A revision is due, but `spec.suspend` is true",
                        "`spec.suspend: false`",
                        () -> Story.of("suspend: true"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "run-suspended",
                        "The run pauses before its next step (`suspend-run`)",
                        "`resume-run`",
                        () -> Story.of(STEPS)
                                .rollsOut("web", "shop:v1")
                                .asks(ControlAnnotation.SuspendRun, "maintenance"),
                        story -> story.succeeds("plan")),
                state(
                        "failed",
                        "The migration has failed for good",
                        "a mended version, a changed Migrator, or `retry`",
                        () -> minutes(printing(ERROR, Story.of(ONE_TRY).rollsOut("web", "shop:v1")), 3),
                        story -> story.fails("migration")),
                state(
                        "retried-in-vain",
                        "The migration has failed, was run again (`retry`), and has failed again",
                        "a mended version, a changed Migrator, or `retry`",
                        () -> {
                            var story = printing(ERROR, Story.of(ONE_TRY).rollsOut("web", "shop:v1"))
                                    .fails("migration");
                            return story.asks(
                                    ControlAnnotation.Retry, story.newest().id());
                        },
                        story -> story.fails("migration")),
                state(
                        "failed-in-a-step",
                        "A step of the run has failed for good",
                        "a mended version, a changed Migrator, or `retry`",
                        () -> Story.of(ONE_TRY, STEPS)
                                .rollsOut("web", "shop:v1")
                                .succeeds("plan", "backup", "migration"),
                        story -> {
                            story.operator.hears("verify: 3 orders without a customer");
                            story.fails("verify");
                        }),
                state(
                        "failed-and-restored",
                        "The migration has failed for good, and `onFailure` has run",
                        "a mended version, a changed Migrator, or `retry`",
                        () -> printing(ERROR, Story.of(ONE_TRY, RESTORE).rollsOut("web", "shop:v1"))
                                .fails("migration"),
                        story -> story.succeeds("on-failure")),
                state(
                        "failed-again",
                        "The migration was run once more (`run`, `trigger`) and has failed; its pods start all the same",
                        "`retry`, a mended version, or a changed Migrator",
                        () -> Story.of(ONE_TRY).isMigratedTo("web", "shop:v1").asks(ControlAnnotation.Run, "1"),
                        story -> {
                            story.operator.hears(ERROR);
                            story.fails("migration");
                        }),
                state(
                        "failed-beside-another",
                        "The revisions of two workloads have failed",
                        "as above, for each",
                        () -> {
                            var story = Story.of(ONE_TRY);
                            story.cluster.rollsOut("web", "shop:v1");
                            story.cluster.passes(Duration.ofSeconds(1));
                            story.cluster.rollsOut("reports", "reports:v1");
                            return story.fails("migration");
                        },
                        story -> story.fails("migration")),
                state(
                        "cancelled",
                        "Somebody has ended the run (`cancel`)",
                        "a new version, a changed Migrator, or `retry`",
                        () -> Story.of().rollsOut("web", "shop:v1"),
                        story -> story.asks(ControlAnnotation.Cancel, "1")),
                state(
                        "rejected",
                        "Somebody has said no to the run",
                        "a new version, a changed Migrator, or `retry`",
                        () -> Story.of("approval: Required").rollsOut("web", "shop:v1"),
                        story -> story.asks(ControlAnnotation.Reject, "shop:v1 not on a friday")),
                state(
                        "rollback-blocked",
                        "A workload went back, which `onRollback: Block` does not allow",
                        "a newer version, or `baseline`",
                        () -> Story.of("onRollback: " + OnRollback.Block)
                                .isMigratedTo("web", "shop:v1")
                                .isMigratedTo("web", "shop:v2"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "selector-invalid",
                        "A selector cannot be read",
                        "a changed spec",
                        () -> Story.of("selector: {matchExpressions: [{key: app, operator: Is}]}"),
                        Story::goesOnAtOnce),
                state(
                        "selector-matches-none",
                        "Pods wait for the Migrator, but `spec.selector` matches none of them",
                        "a changed spec",
                        () -> Story.of("selector: {matchLabels: {app: store}}"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "container-not-found",
                        "No workload's template has the container `spec.container`",
                        "a changed spec or template",
                        () -> Story.of("container: django"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "steps-too-large",
                        "The run's steps do not fit on a Job",
                        "fewer or shorter steps",
                        () -> Story.of("before: [{name: a, args: [" + "x".repeat(150 * 1024) + "]}, {name: b, args: ["
                                + "x".repeat(150 * 1024) + "]}]"),
                        story -> story.rollsOut("web", "shop:v1")),
                state(
                        "left-alone",
                        "The annotation `controller-utils/skip-reconcile` makes the operator leave the Migrator alone",
                        "take the annotation away",
                        () -> migrated(),
                        story -> story.cluster.annotatesFreely(Annotations.SKIP_RECONCILE, "true")));
    }

    private static State state(
            String name, String situation, String next, Supplier<Story> given, Consumer<Story> when) {
        return new State(name, situation, next, given, when);
    }

    private static Story applied() {
        return Story.of();
    }

    private static Story migrated() {
        return applied().isMigratedTo("web", "shop:v1");
    }

    private static Story minutes(Story story, int minutes) {
        story.cluster.passes(Duration.ofMinutes(minutes));
        return story;
    }

    private static Story printing(String output, Story story) {
        story.operator.hears(output);
        return story;
    }
}
