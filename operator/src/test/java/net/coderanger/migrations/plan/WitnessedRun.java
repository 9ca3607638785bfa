package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Step;
import net.coderanger.migrations.api.StepApproval;

/** What a run was to do when it started, and what its containers have really done. */
final class WitnessedRun {

    /** A step that is to be done; {@code touches} tells whether its failure may leave the database half way. */
    private record Expected(String name, StepApproval approval, boolean touches) {}

    private final List<Expected> steps = new ArrayList<>();
    private final boolean hasOnFailure;
    private final String revision;
    private final String workload;
    private final boolean down;
    private final int epoch;
    private final int changes;
    private final long generation;
    private int done;
    private int failures;
    private Instant failedAt = Instant.EPOCH;
    private boolean deleted;
    private boolean asks;
    private boolean stopped;
    private String lastJob = "";
    private boolean onFailureStarted;
    private boolean containersStarted;
    private boolean stepStarted;

    /**
     * A run whose first Job is created.
     *
     * @param by the Migrator that it was planned from
     * @param epoch how often users had asked for another run by then
     * @param changes how often specs and templates had changed by then
     */
    WitnessedRun(Job first, Migrator by, int epoch, int changes) {
        var spec = by.getSpec();
        this.revision = annotation(first, Annotations.REVISION);
        this.workload = annotation(first, Annotations.WORKLOAD);
        this.down = !annotation(first, Annotations.ROLLED_BACK_FROM).isEmpty();
        this.epoch = epoch;
        this.changes = changes;
        this.generation = by.getMetadata().getGeneration();
        this.hasOnFailure = spec.onFailure() != null;
        if (down) {
            steps.add(new Expected("down", StepApproval.Never, true));
        } else {
            spec.beforeOrEmpty().forEach(step -> steps.add(expected(step, false)));
            steps.add(new Expected("migration", StepApproval.Never, true));
            spec.afterOrEmpty().forEach(step -> steps.add(expected(step, true)));
        }
    }

    private static Expected expected(Step step, boolean touches) {
        return new Expected(step.name(), step.approvalOrDefault(), touches);
    }

    String revision() {
        return revision;
    }

    String workload() {
        return workload;
    }

    boolean down() {
        return down;
    }

    /** Whether something has changed since, as the leader that planned it knew, or as it now knows. */
    boolean beganBefore(int changesNow, Migrator by) {
        return changes != changesNow || generation != by.getMetadata().getGeneration();
    }

    int epoch() {
        return epoch;
    }

    /**
     * Its next Job is created.
     *
     * @param superseded whether something else may have to be migrated in its place
     */
    void isCreated(Job job, Migrator by, Instant now, Demands demands, boolean superseded) {
        var step = step(job);
        if (step.equals("on-failure")) {
            assertThat(hasOnFailure && mayBeHalfWay(by, superseded))
                    .as("order: onFailure runs only when the schema may be half way")
                    .isTrue();
            assertThat(onFailureStarted).as("once: onFailure of %s", job).isFalse();
            onFailureStarted = true;
        } else {
            assertThat(onFailureStarted).as("order: nothing follows onFailure").isFalse();
            assertThat(done < steps.size() ? steps.get(done).name() : "none")
                    .as("order: the step that follows")
                    .isEqualTo(step);
            assertThat(failures)
                    .as("retry: Jobs of step %s that have failed", step)
                    .isLessThanOrEqualTo(by.getSpec().retryOrDefault().limitOrDefault());
            if (failures > 0) {
                assertThat(now.isBefore(failedAt.plus(
                                        by.getSpec().retryOrDefault().backoff(failures)))
                                && !demands.use(ControlAnnotation.Retry, value -> true))
                        .as("retry: step %s is tried again before its time", step)
                        .isFalse();
            }
        }
        if (asks && !lastJob.isEmpty()) {
            assertThat(approved(demands))
                    .as("approved: the run goes on after %s", lastJob)
                    .isTrue();
        }
        asks = false;
        deleted = false;
        lastJob = Objects.requireNonNull(job.getMetadata().getName());
    }

    private boolean mayBeHalfWay(Migrator by, boolean superseded) {
        var tries = superseded ? 0 : by.getSpec().retryOrDefault().limitOrDefault();
        return done < steps.size() && steps.get(done).touches() && (deleted || failures > tries);
    }

    /** Whether it has left the database half way although it could have put it right, and nobody had its Job stopped. */
    boolean leavesItHalfWay() {
        return hasOnFailure
                && !onFailureStarted
                && !deleted
                && done < steps.size()
                && steps.get(done).touches()
                && stepStarted
                && failures > 0;
    }

    /** Somebody has approved after that very Job. */
    private boolean approved(Demands demands) {
        return said(ControlAnnotation.Approve, demands);
    }

    private boolean said(ControlAnnotation what, Demands demands) {
        return demands.everMade(what, value -> (value + " ").startsWith(revision + " " + lastJob + " "));
    }

    /** Returns whether it is the run's first container. */
    boolean containerStarts(Job job) {
        assertThat(job.getSpec().getSuspend())
                .as("%s only says that its run has ended", lastJob)
                .isNotEqualTo(true);
        assertThat(steps.stream().limit(done).map(Expected::name))
                .as("once: steps that have succeeded")
                .doesNotContain(step(job));
        var first = !containersStarted;
        containersStarted = true;
        stepStarted = true;
        return first;
    }

    void succeeds(Job job, int exitCode) {
        if (!step(job).equals("on-failure")) {
            asks = steps.get(done).approval() == StepApproval.Always || exitCode != 0;
            done++;
            failures = 0;
            stepStarted = false;
        }
    }

    void fails(Instant now) {
        failures++;
        failedAt = now;
    }

    void isDeleted() {
        deleted = true;
    }

    /** Whether the step that has failed is not tried again. */
    boolean failedForGood(int retries) {
        return failures > retries;
    }

    /** Somebody approves when somebody else has asked for its end already. */
    void isStoppedInsteadOfApproved() {
        stopped |= asks;
    }

    /** Whether all of it has succeeded, and who was asked has said yes, and nobody no: that counts for more. */
    boolean complete(Demands demands) {
        return done == steps.size()
                && (!asks || (!stopped && approved(demands) && !said(ControlAnnotation.Reject, demands)));
    }

    boolean allDone() {
        return done == steps.size() && !asks;
    }

    private static String step(Job job) {
        return job.getMetadata().getLabels().getOrDefault(Labels.STEP, "");
    }

    private static String annotation(Job job, String key) {
        return job.getMetadata().getAnnotations().getOrDefault(key, "");
    }
}
