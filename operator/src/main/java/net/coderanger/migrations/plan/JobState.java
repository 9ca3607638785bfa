package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Reason;

/** What a Job, and the pods it made, say of its run. */
sealed interface JobState {

    /**
     * What keeps a run that is going on from getting on.
     *
     * @param reason {@code MigrationPodNotStarting} or {@code MigrationsRetrying}
     * @param message in words
     */
    record Trouble(Reason reason, String message) {}

    /** How many pods the Job has started so far. */
    int attempts();

    /** Neither succeeded nor failed for good. */
    record Going(int attempts, boolean everRan, Optional<Trouble> trouble) implements JobState {}

    /**
     * Done.
     *
     * @param lookAsked whether it has ended with the exit code that asks a person to look
     */
    record Succeeded(int attempts, boolean lookAsked) implements JobState {}

    /** Failed for good: the Job makes no further pod. */
    record Failed(int attempts, String message) implements JobState {}

    /** Deleted before it had ended, and its pods are gone or have ended. */
    record Vanished(int attempts) implements JobState {}

    /** Reads a Job's state. */
    static JobState of(SeenJob seen) {
        var attempts = attempts(seen);
        if (condition(seen, "Complete").isPresent()) {
            return new Succeeded(attempts, false);
        }
        var failed = condition(seen, "Failed");
        // the only rule of ours that makes a Job fail is the one for that exit code
        if (failed.filter(condition -> "PodFailurePolicy".equals(condition.getReason()))
                .isPresent()) {
            return new Succeeded(attempts, true);
        }
        if (failed.isPresent()) {
            return new Failed(attempts, PodTrouble.failure(seen, failed.get()));
        }
        if (seen.beingDeleted() && !seen.active()) {
            return succeeded(seen) ? new Succeeded(attempts, false) : new Vanished(attempts);
        }
        return new Going(attempts, everRan(seen), PodTrouble.of(seen));
    }

    private static Optional<JobCondition> condition(SeenJob seen, String type) {
        var status = seen.job().getStatus();
        return status == null
                ? Optional.empty()
                : SeenPod.orEmpty(status.getConditions()).stream()
                        .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                        .findFirst();
    }

    private static int attempts(SeenJob seen) {
        var status = seen.job().getStatus();
        var counted = status == null
                ? 0
                : Stream.of(status.getActive(), status.getFailed(), status.getSucceeded())
                        .mapToInt(count -> count == null ? 0 : count)
                        .sum();
        return Math.max(counted, seen.pods().size());
    }

    /** A deleted Job gets no condition any more, but its controller goes on counting. */
    private static boolean succeeded(SeenJob seen) {
        var status = seen.job().getStatus();
        var counted = status != null
                && ((status.getSucceeded() != null && status.getSucceeded() > 0)
                        || (status.getUncountedTerminatedPods() != null
                                && !SeenPod.orEmpty(status.getUncountedTerminatedPods()
                                                .getSucceeded())
                                        .isEmpty()));
        return counted || seen.pods().stream().anyMatch(JobState::succeeded);
    }

    private static boolean succeeded(Pod pod) {
        return pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase());
    }

    private static boolean everRan(SeenJob seen) {
        var status = seen.job().getStatus();
        var failed = status == null || status.getFailed() == null ? 0 : status.getFailed();
        return failed > 0 || seen.pods().stream().anyMatch(JobState::everRan);
    }

    private static boolean everRan(Pod pod) {
        return migrations(pod).stream()
                .flatMap(status ->
                        Stream.of(Optional.ofNullable(status.getState()), Optional.ofNullable(status.getLastState())))
                .flatMap(Optional::stream)
                .anyMatch(state -> state.getRunning() != null || state.getTerminated() != null);
    }

    /** The status of a pod's migration container, once kubelet has reported it. */
    static Optional<ContainerStatus> migrations(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : SeenPod.orEmpty(pod.getStatus().getContainerStatuses()).stream()
                        .filter(status -> JobPodTemplate.CONTAINER.equals(status.getName()))
                        .findFirst();
    }

    /** All container statuses of a pod, init containers first. */
    static List<ContainerStatus> statuses(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : Stream.concat(
                                SeenPod.orEmpty(pod.getStatus().getInitContainerStatuses()).stream(),
                                SeenPod.orEmpty(pod.getStatus().getContainerStatuses()).stream())
                        .toList();
    }

    /** The pod that was made last. */
    static Optional<Pod> newest(List<Pod> pods) {
        return pods.stream()
                .max(Comparator.comparing((Pod pod) -> Optional.ofNullable(
                                        pod.getMetadata().getCreationTimestamp())
                                .orElse(""))
                        .thenComparing(pod -> pod.getMetadata().getName()));
    }

    static ContainerState state(ContainerStatus status) {
        return Optional.ofNullable(status.getState()).orElseGet(ContainerState::new);
    }
}
