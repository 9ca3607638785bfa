package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;

/**
 * A Job of the Migrator. No text in it contains a secret.
 *
 * @param job the Job
 * @param pods its pods, finished ones too
 * @param warnings messages of its warning events, newest first; looked up only while it has no pod
 * @param output the end of what {@link #ended} has printed, while the Job is unsettled; or why that is withheld
 */
public record SeenJob(Job job, List<Pod> pods, List<String> warnings, Optional<String> output) {

    /** Name of the container that migrates. */
    public static final String CONTAINER = JobPodTemplate.CONTAINER;

    public SeenJob {
        pods = List.copyOf(pods);
        warnings = List.copyOf(warnings);
    }

    /** A Job whose output is not known. */
    public SeenJob(Job job, List<Pod> pods, List<String> warnings) {
        this(job, pods, warnings, Optional.empty());
    }

    /** Its newest pod in which the migration has ended, well or badly. */
    public Optional<Pod> ended() {
        return JobState.newest(pods.stream()
                .filter(pod -> JobState.migrations(pod)
                        .filter(status -> JobState.state(status).getTerminated() != null)
                        .isPresent())
                .toList());
    }

    /** What the migration wrote for kubelet, or kubelet took from the end of its log. */
    public static Optional<String> terminationMessage(Pod pod) {
        return JobState.migrations(pod)
                .map(status -> JobState.state(status).getTerminated())
                .map(terminated -> terminated.getMessage())
                .filter(message -> !message.isBlank());
    }

    /**
     * Whether its outcome does not stand in the status of its Migrator yet. One that the history has forgotten again is not news: its
     * Job was let go when it was written.
     */
    public boolean unsettled(Migrator migrator) {
        var status = migrator.getStatus();
        var run = status == null ? null : status.run();
        return !History.of(status).has(runId())
                && (holdsOutcome() || (run != null && run.id().equals(runId())));
    }

    public String name() {
        return job.getMetadata().getName();
    }

    String runId() {
        return Objects.requireNonNullElse(
                SeenPod.orEmpty(job.getMetadata().getLabels()).get(Labels.RUN), name());
    }

    /** The Job's place among those of its run, from 1. */
    int number() {
        var number = SeenPod.orEmpty(job.getMetadata().getAnnotations()).getOrDefault(Annotations.NUMBER, "1");
        return number.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(number) : 1;
    }

    String step() {
        return SeenPod.orEmpty(job.getMetadata().getLabels()).getOrDefault(Labels.STEP, "migration");
    }

    /** Whether it runs nothing, and was only created so that its run ends. */
    boolean endsItsRun() {
        return SeenPod.orEmpty(job.getMetadata().getAnnotations()).containsKey(Annotations.OUTCOME);
    }

    /** Whether somebody else keeps it from making pods. */
    boolean suspended() {
        return Boolean.TRUE.equals(job.getSpec().getSuspend()) && !endsItsRun();
    }

    /** Whether the Job is being deleted so that its pods are ended first. */
    boolean endsWithItsPods() {
        return beingDeleted()
                && SeenPod.orEmpty(job.getMetadata().getFinalizers()).contains("foregroundDeletion");
    }

    /** By {@code --cascade=orphan}. */
    boolean wasDeletedWithoutItsPods() {
        return beingDeleted()
                && pods.stream()
                        .filter(SeenJob::active)
                        .noneMatch(pod -> SeenPod.orEmpty(pod.getMetadata().getOwnerReferences()).stream()
                                .anyMatch(owner -> job.getMetadata().getUid().equals(owner.getUid())));
    }

    boolean beingDeleted() {
        return job.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether some pod of it may still be migrating. */
    boolean active() {
        return pods.stream().anyMatch(SeenJob::active);
    }

    static boolean active(Pod pod) {
        var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return !"Succeeded".equals(phase) && !"Failed".equals(phase);
    }

    /** Whether the Job waits for its outcome to stand in the status. */
    boolean holdsOutcome() {
        return SeenPod.orEmpty(job.getMetadata().getFinalizers()).contains(Gates.OUTCOME_FINALIZER);
    }
}
