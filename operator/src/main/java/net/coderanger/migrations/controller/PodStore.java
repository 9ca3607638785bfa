package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.coderanger.migrations.plan.TrimmedPod;
import org.jspecify.annotations.Nullable;

/**
 * Keeps of each pod only what plans are made from, about a tenth of it: the cache holds every pod of the watched namespaces. What a pod was
 * made from is read live in the rare case that it has no controller.
 */
final class PodStore implements ItemStore<Pod> {

    private final Map<String, Pod> pods = new ConcurrentHashMap<>();

    /** Whether an update changes anything that plans are made from. */
    static boolean matters(Pod now, Pod before) {
        return !withoutVersion(TrimmedPod.of(now)).equals(withoutVersion(TrimmedPod.of(before)));
    }

    @Override
    public String getKey(Pod pod) {
        return Cache.metaNamespaceKeyFunc(pod);
    }

    @Override
    public @Nullable Pod put(String key, Pod pod) {
        return pods.put(key, TrimmedPod.of(pod));
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
}
