package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import org.jspecify.annotations.Nullable;

/**
 * A pod, with where it comes from.
 *
 * @param pod the pod; the operator's cache keeps only the fields that are read here
 * @param origin the template of its immediate controller, or what the pod itself was made from if it has none; empty if the
 *     controller is gone
 * @param workload its topmost known controller; empty if that is gone
 */
public record SeenPod(Pod pod, Optional<PodTemplateSpec> origin, Optional<Workload> workload) {

    /** What a Migrator's gate does to the pod. */
    enum GateState {
        /** The pod does not carry the gate. */
        ABSENT,
        WAITING,
        RELEASED
    }

    public String name() {
        return pod.getMetadata().getName();
    }

    public String uid() {
        return pod.getMetadata().getUid();
    }

    Map<String, String> labels() {
        return orEmpty(pod.getMetadata().getLabels());
    }

    Map<String, String> annotations() {
        return orEmpty(pod.getMetadata().getAnnotations());
    }

    Instant created() {
        var created = pod.getMetadata().getCreationTimestamp();
        return created == null ? Instant.EPOCH : Instant.parse(created);
    }

    /** Finished, evicted and terminating pods count for nothing. */
    public boolean live() {
        var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return pod.getMetadata().getDeletionTimestamp() == null
                && !"Succeeded".equals(phase)
                && !"Failed".equals(phase);
    }

    boolean noWait() {
        return "true".equals(annotations().get(Annotations.NO_WAIT));
    }

    /** Whether the pod belongs to a Job that some Migrator started. */
    public static boolean ofMigrationJob(Pod pod) {
        var metadata = pod.getMetadata();
        return orEmpty(metadata.getLabels()).containsKey(Labels.MIGRATOR)
                && orEmpty(metadata.getOwnerReferences()).stream()
                        .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && "Job".equals(owner.getKind()));
    }

    GateState gateOf(String migrator) {
        var gates = orEmpty(pod.getSpec().getSchedulingGates());
        if (gates.stream().anyMatch(gate -> Gates.schedulingGate(migrator).equals(gate.getName()))) {
            return GateState.WAITING;
        }
        if (uid().equals(annotations().get(Annotations.released(migrator)))) {
            return GateState.RELEASED;
        }
        var waiters = orEmpty(pod.getSpec().getInitContainers());
        var waiter = Gates.waiterContainer(migrator);
        if (waiters.stream().noneMatch(init -> waiter.equals(init.getName()))) {
            return GateState.ABSENT;
        }
        return ended(waiter) ? GateState.RELEASED : GateState.WAITING;
    }

    /** Whether the waiter of a Migrator runs, as far as kubelet has reported. */
    boolean waiterRuns(String migrator) {
        return JobState.statuses(pod).stream()
                .filter(status -> Gates.waiterContainer(migrator).equals(status.getName()))
                .anyMatch(status -> JobState.state(status).getRunning() != null);
    }

    /** When the pod was released last. */
    Instant releasedAt() {
        var at = annotations().get(Annotations.RELEASED_AT);
        return at == null ? Instant.EPOCH : Instant.parse(at);
    }

    /** Whether a waiter has let the pod go, be it the original operator's, which knows nothing of our annotation. */
    private boolean ended(String waiter) {
        return JobState.statuses(pod).stream()
                .filter(status -> waiter.equals(status.getName()))
                .map(status -> JobState.state(status).getTerminated())
                .anyMatch(terminated -> terminated != null && Integer.valueOf(0).equals(terminated.getExitCode()));
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
