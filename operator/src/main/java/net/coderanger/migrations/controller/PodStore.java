package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps of each pod only what plans are made from, about a tenth of it: the cache holds every pod of the watched namespaces. What a pod was
 * made from is read live in the rare case that it has no controller.
 */
final class PodStore implements ItemStore<Pod> {

    private final Map<String, Pod> pods = new ConcurrentHashMap<>();

    /** The pod with the fields that plans read. */
    static Pod trimmed(Pod pod) {
        var metadata = pod.getMetadata();
        var spec = pod.getSpec();
        var status = pod.getStatus();
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
                .withInitContainers(named(spec.getInitContainers()))
                .withContainers(named(spec.getContainers()))
                .withSchedulingGates(spec.getSchedulingGates())
                .endSpec()
                .withStatus(
                        status == null
                                ? null
                                : new PodStatusBuilder()
                                        .withPhase(status.getPhase())
                                        .withReason(status.getReason())
                                        .withMessage(status.getMessage())
                                        .withConditions(status.getConditions().stream()
                                                .filter(condition -> "PodScheduled".equals(condition.getType()))
                                                .toList())
                                        .withInitContainerStatuses(status.getInitContainerStatuses())
                                        .withContainerStatuses(status.getContainerStatuses())
                                        .build())
                .build();
    }

    /** Whether an update changes anything that plans are made from. */
    static boolean matters(Pod now, Pod before) {
        return !withoutVersion(trimmed(now)).equals(withoutVersion(trimmed(before)));
    }

    @Override
    public String getKey(Pod pod) {
        return Cache.metaNamespaceKeyFunc(pod);
    }

    @Override
    public @Nullable Pod put(String key, Pod pod) {
        return pods.put(key, trimmed(pod));
    }

    @Override
    public @Nullable Pod remove(String key) {
        return pods.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return pods.keySet().stream();
    }

    @Override
    public Stream<Pod> values() {
        return pods.values().stream();
    }

    @Override
    public int size() {
        return pods.size();
    }

    @Override
    public @Nullable Pod get(String key) {
        return pods.get(key);
    }

    /**
     * True: each pod is in the store until it is deleted. The informer then tells of the pods of its first list after that list, and
     * as they are kept here. With false it would hold all of them, whole, until the last page is read: JOSDK's event source takes
     * no event while it starts.
     */
    @Override
    public boolean isFullState() {
        return true;
    }

    private static Pod withoutVersion(Pod trimmed) {
        trimmed.getMetadata().setResourceVersion(null);
        return trimmed;
    }

    private static Map<String, String> ownAnnotations(@Nullable Map<String, String> annotations) {
        return Objects.requireNonNullElse(annotations, Map.<String, String>of()).entrySet().stream()
                .filter(entry -> entry.getKey().contains("migrations.coderanger.net/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<Container> named(@Nullable List<Container> containers) {
        return Objects.requireNonNullElse(containers, List.<Container>of()).stream()
                .map(container -> new ContainerBuilder()
                        .withName(container.getName())
                        .withImage(container.getImage())
                        .build())
                .toList();
    }
}
