package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What plans read of a pod. The operator's cache holds nothing else, and tests of plans see nothing else. */
public final class TrimmedPod {

    /** Of an application's pod. It gets ready and unready often, and no plan asks for that. */
    private static final Set<String> CONDITIONS = Set.of("PodScheduled");

    private static final Set<String> CONDITIONS_OF_MIGRATIONS = Set.of("PodScheduled", "Ready");

    private TrimmedPod() {}

    /** The pod with these fields only. */
    public static Pod of(Pod pod) {
        var metadata = pod.getMetadata();
        var spec = pod.getSpec();
        var migration = SeenPod.ofMigrationJob(pod);
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(metadata.getName())
                        .withNamespace(metadata.getNamespace())
                        .withUid(metadata.getUid())
                        .withResourceVersion(metadata.getResourceVersion())
                        .withCreationTimestamp(metadata.getCreationTimestamp())
                        .withDeletionTimestamp(metadata.getDeletionTimestamp())
                        .withLabels(metadata.getLabels())
                        .withAnnotations(ownAnnotations(metadata.getAnnotations()))
                        .withOwnerReferences(metadata.getOwnerReferences())
                        .build())
                .withNewSpec()
                .withNodeName(migration ? spec.getNodeName() : null)
                .withInitContainers(named(spec.getInitContainers()))
                .withContainers(named(spec.getContainers()))
                .withSchedulingGates(spec.getSchedulingGates())
                .endSpec()
                .withStatus(
                        pod.getStatus() == null
                                ? null
                                : status(pod.getStatus(), migration ? CONDITIONS_OF_MIGRATIONS : CONDITIONS))
                .build();
    }

    private static PodStatus status(PodStatus status, Set<String> conditions) {
        return new PodStatusBuilder()
                .withPhase(status.getPhase())
                .withReason(status.getReason())
                .withMessage(status.getMessage())
                .withConditions(SeenPod.orEmpty(status.getConditions()).stream()
                        .filter(condition -> conditions.contains(condition.getType()))
                        .toList())
                .withInitContainerStatuses(status.getInitContainerStatuses())
                .withContainerStatuses(status.getContainerStatuses())
                .build();
    }

    private static Map<String, String> ownAnnotations(@Nullable Map<String, String> annotations) {
        return SeenPod.orEmpty(annotations).entrySet().stream()
                .filter(entry -> entry.getKey().contains("migrations.coderanger.net/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<Container> named(@Nullable List<Container> containers) {
        return SeenPod.orEmpty(containers).stream()
                .map(container -> new ContainerBuilder()
                        .withName(container.getName())
                        .withImage(container.getImage())
                        .build())
                .toList();
    }
}
