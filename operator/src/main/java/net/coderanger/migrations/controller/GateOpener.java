package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;

/** Opens a Migrator's gate of waiting pods: the annotation that the waiter reads, and the scheduling gate if the pod has one. */
final class GateOpener {

    /**
     * Patches under way at once. All of a usual rollout's at a time: those that come after the first containers have begun to start
     * would compete with them for the node.
     */
    private static final int CONCURRENCY = 64;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final Clock clock;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(CONCURRENCY);

    GateOpener(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Opens the gate of all these pods. A pod that is gone, or another of its name, is passed over.
     *
     * @param opened told each pod whose gate is open now, on any thread
     * @throws KubernetesClientException if some patch failed; the others have been tried all the same
     */
    void open(String migrator, List<Pod> pods, Consumer<Pod> opened) {
        List<Future<?>> patches = new ArrayList<>();
        for (var pod : pods) {
            patches.add(executor.submit((Callable<Void>) () -> {
                places.acquire();
                try {
                    if (open(migrator, pod)) {
                        opened.accept(pod);
                    }
                } finally {
                    places.release();
                }
                return null;
            }));
        }
        await(patches);
    }

    private boolean open(String migrator, Pod pod) {
        var metadata = pod.getMetadata();
        Map<String, Object> patch = new HashMap<>();
        // the UID makes the patch fail on another pod of the same name, as a StatefulSet makes them
        patch.put(
                "metadata",
                Map.of(
                        "uid",
                        metadata.getUid(),
                        "annotations",
                        Map.of(
                                Annotations.released(migrator),
                                metadata.getUid(),
                                Annotations.RELEASED_AT,
                                clock.instant().toString())));
        var gate = Gates.schedulingGate(migrator);
        if (pod.getSpec().getSchedulingGates() != null
                && pod.getSpec().getSchedulingGates().stream().anyMatch(existing -> gate.equals(existing.getName()))) {
            patch.put("spec", Map.of("schedulingGates", List.of(Map.of("$patch", "delete", "name", gate))));
        }
        try {
            client.pods()
                    .inNamespace(metadata.getNamespace())
                    .withName(metadata.getName())
                    .patch(
                            PatchContext.of(PatchType.STRATEGIC_MERGE),
                            client.getKubernetesSerialization().asJson(patch));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND && e.getCode() != CONFLICT) {
                throw e;
            }
            return false;
        }
    }

    private static void await(List<Future<?>> patches) {
        RuntimeException failure = null;
        for (var patch : patches) {
            try {
                patch.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof KubernetesClientException refused
                        ? refused
                        : new KubernetesClientException("a waiting pod could not be released", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new KubernetesClientException("interrupted while releasing waiting pods", e);
                break;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
