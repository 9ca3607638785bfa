package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.output.Headline;
import org.jspecify.annotations.Nullable;

/** Why a migration does not get on, or has failed, in words for the person who has to mend it. */
final class PodTrouble {

    /** Reasons of a waiting container that go by without anybody's help. */
    private static final Set<String> TRANSIENT = Set.of("ContainerCreating", "PodInitializing");

    private PodTrouble() {}

    /** What keeps a Job from getting on, if anything does. */
    static Optional<JobState.Trouble> of(SeenJob seen) {
        return notStarting(seen)
                .map(why -> new JobState.Trouble(Reason.MigrationPodNotStarting, why))
                .or(() -> retrying(seen).map(why -> new JobState.Trouble(Reason.MigrationsRetrying, why)));
    }

    private static Optional<String> notStarting(SeenJob seen) {
        if (seen.suspended()) {
            return Optional.of("its Job is suspended, by a queue or by hand: let it go on there, or by kubectl -n "
                    + seen.job().getMetadata().getNamespace() + " patch job " + seen.name()
                    + " --type=merge -p '{\"spec\":{\"suspend\":false}}'");
        }
        var newest = JobState.newest(seen.pods());
        if (newest.isEmpty()) {
            return seen.warnings().stream().findFirst().map(warning -> "its pod cannot be created: " + warning);
        }
        return unschedulable(newest.get())
                .or(() -> lost(newest.get()))
                .or(() -> JobState.statuses(newest.get()).stream()
                        .flatMap(status -> waiting(status).stream())
                        .findFirst());
    }

    /** After its last attempt a Job takes a moment to say that it has failed. */
    private static Optional<String> retrying(SeenJob seen) {
        var limit = seen.job().getSpec().getBackoffLimit();
        var failed = seen.pods().stream()
                .filter(pod -> exit(pod, Optional.empty()).isPresent())
                .count();
        return limit != null && failed > limit
                ? Optional.empty()
                : lastExit(seen).map(exit -> "an attempt has failed, it is tried again: " + exit);
    }

    /** Why a Job has failed for good. */
    static String failure(SeenJob seen, JobCondition failed) {
        var why = lastExit(seen).orElseGet(() -> text(failed.getMessage()));
        return switch (text(failed.getReason())) {
            case "DeadlineExceeded" -> "stopped because spec.job.activeDeadlineSeconds is over" + suffix(why);
            case "BackoffLimitExceeded", "" -> why.isEmpty() ? "the Job failed" : why;
            default -> failed.getReason() + suffix(why);
        };
    }

    private static String suffix(String why) {
        return why.isEmpty() ? "" : ": " + why;
    }

    private static Optional<String> unschedulable(Pod pod) {
        return SeenPod.orEmpty(pod.getStatus() == null ? null : pod.getStatus().getConditions()).stream()
                .filter(condition -> "PodScheduled".equals(condition.getType())
                        && "False".equals(condition.getStatus())
                        && "Unschedulable".equals(condition.getReason()))
                .findFirst()
                .map(condition -> "its pod finds no node: " + text(condition.getMessage()));
    }

    /**
     * The node's controller takes readiness from the pods of a node that does not answer, without giving a reason as kubelet would; what
     * their containers do is not known.
     */
    private static Optional<String> lost(Pod pod) {
        var notReady = SeenPod.orEmpty(
                        pod.getStatus() == null ? null : pod.getStatus().getConditions())
                .stream()
                .anyMatch(condition -> "Ready".equals(condition.getType())
                        && "False".equals(condition.getStatus())
                        && text(condition.getReason()).isEmpty());
        return notReady
                        && JobState.migrations(pod)
                                .filter(status -> Boolean.TRUE.equals(status.getReady()))
                                .isPresent()
                ? Optional.of("its node, " + pod.getSpec().getNodeName()
                        + ", does not answer: whether the migration goes on there is not known")
                : Optional.empty();
    }

    private static Optional<String> waiting(ContainerStatus status) {
        return Optional.ofNullable(JobState.state(status).getWaiting())
                .filter(waiting -> waiting.getReason() != null && !TRANSIENT.contains(waiting.getReason()))
                .map(waiting -> "container " + status.getName() + ": " + waiting.getReason()
                        + suffix(text(waiting.getMessage())));
    }

    private static Optional<String> lastExit(SeenJob seen) {
        var failed = seen.pods().stream()
                .filter(pod -> exit(pod, Optional.empty()).isPresent())
                .toList();
        return JobState.newest(failed).flatMap(pod -> exit(pod, output(seen, pod)));
    }

    private static Optional<String> output(SeenJob seen, Pod pod) {
        var name = pod.getMetadata().getName();
        return seen.output()
                .filter(output -> seen.ended()
                        .filter(ended -> name.equals(ended.getMetadata().getName()))
                        .isPresent());
    }

    /** How a pod has failed. */
    private static Optional<String> exit(Pod pod, Optional<String> output) {
        return JobState.statuses(pod).stream()
                .flatMap(status -> Stream.of(
                                JobState.state(status).getTerminated(),
                                status.getLastState() == null
                                        ? null
                                        : status.getLastState().getTerminated())
                        .filter(terminated -> terminated != null && terminated.getExitCode() != 0)
                        .map(terminated -> exit(status.getName(), terminated, output)))
                .findFirst()
                .or(() -> podReason(pod));
    }

    /** The cause goes first: lists of events and conditions show no more than the beginning. */
    private static String exit(String container, ContainerStateTerminated terminated, Optional<String> output) {
        var killed = "OOMKilled".equals(terminated.getReason())
                ? " (OOMKilled: raise spec.job.resources.limits.memory)"
                : "";
        var said = output.filter(any -> JobPodTemplate.CONTAINER.equals(container))
                .orElseGet(() -> text(terminated.getMessage()));
        return "container " + container + " ended with exit code " + terminated.getExitCode() + killed
                + suffix(Headline.of(said));
    }

    /** A pod that was evicted, or refused by kubelet, has no container that could tell. */
    private static Optional<String> podReason(Pod pod) {
        return Optional.ofNullable(pod.getStatus())
                .filter(status -> "Failed".equals(status.getPhase()) && status.getReason() != null)
                .map(status -> "pod " + status.getReason() + suffix(text(status.getMessage())));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
