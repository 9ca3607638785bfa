package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.plan.SeenPod.GateState;
import org.jspecify.annotations.Nullable;

/**
 * What a pod waits for, when its Migrator may not exist. A gate that the injector added because a selector matched ends with the
 * Migrator; a gate that the pod's template declares does not: it holds even before the Migrator exists.
 */
public final class Abandoned {

    private Abandoned() {}

    /** Whether some gate of the operator's may hold the pod. */
    public static boolean mayWait(Pod pod) {
        var spec = pod.getSpec();
        return new SeenPod(pod, Optional.empty(), Optional.empty()).live()
                && (SeenPod.orEmpty(spec.getInitContainers()).stream()
                                .anyMatch(container -> Gates.isWaiter(container.getName()))
                        || SeenPod.orEmpty(spec.getSchedulingGates()).stream()
                                .anyMatch(gate -> Gates.isSchedulingGate(gate.getName())));
    }

    /** Migrators whose gate was injected for their selector and still holds the pod. */
    public static List<String> releasable(Pod pod) {
        var declared = declared(pod);
        return waitingFor(pod, Annotations.GATED_BY).stream()
                .filter(migrator -> !declared.contains(migrator))
                .toList();
    }

    /** Migrators that hold the pod because its template says so: by annotation, or by a scheduling gate written by hand. */
    public static List<String> declared(Pod pod) {
        var injected = names(annotation(pod, Annotations.GATED_BY));
        var byHand = SeenPod.orEmpty(pod.getSpec().getSchedulingGates()).stream()
                .map(PodSchedulingGate::getName)
                .filter(Gates::isSchedulingGate)
                .filter(gate -> injected.stream()
                        .noneMatch(name -> Gates.schedulingGate(name).equals(gate)))
                .map(gate -> gate.substring(gate.indexOf('/') + 1));
        return Stream.concat(waitingFor(pod, Annotations.WAIT_FOR).stream(), byHand)
                .distinct()
                .toList();
    }

    /** Names in a comma-separated annotation. */
    public static List<String> names(@Nullable String annotation) {
        return annotation == null
                ? List.of()
                : Arrays.stream(annotation.split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .distinct()
                        .sorted()
                        .toList();
    }

    private static List<String> waitingFor(Pod pod, String annotation) {
        var seen = new SeenPod(pod, Optional.empty(), Optional.empty());
        return names(annotation(pod, annotation)).stream()
                .filter(migrator -> seen.gateOf(migrator) == GateState.WAITING)
                .toList();
    }

    private static @Nullable String annotation(Pod pod, String key) {
        return SeenPod.orEmpty(pod.getMetadata().getAnnotations()).get(key);
    }
}
