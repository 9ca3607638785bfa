package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;

/**
 * A Job of the Migrator.
 *
 * @param job the Job
 * @param pods its pods, finished ones too
 * @param warnings messages of its warning events, newest first; looked up only while it has no pod
 */
public record SeenJob(Job job, List<Pod> pods, List<String> warnings) {

    public SeenJob {
        pods = List.copyOf(pods);
        warnings = List.copyOf(warnings);
    }

    public String name() {
        return job.getMetadata().getName();
    }

    String runId() {
        return Objects.requireNonNullElse(
                SeenPod.orEmpty(job.getMetadata().getLabels()).get(Labels.RUN), name());
    }

    /** Whether the Job is being deleted so that its pods are ended first. */
    boolean endsWithItsPods() {
        return beingDeleted()
                && SeenPod.orEmpty(job.getMetadata().getFinalizers()).contains("foregroundDeletion");
    }

    boolean beingDeleted() {
        return job.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether some pod of it may still be migrating. */
    boolean active() {
        return pods.stream()
                .map(pod -> pod.getStatus() == null ? null : pod.getStatus().getPhase())
                .anyMatch(phase -> !"Succeeded".equals(phase) && !"Failed".equals(phase));
    }

    /** Whether the Job waits for its outcome to stand in the status. */
    boolean holdsOutcome() {
        return SeenPod.orEmpty(job.getMetadata().getFinalizers()).contains(Gates.OUTCOME_FINALIZER);
    }
}
