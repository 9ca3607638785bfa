package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Labels;

/** Every container that ever started in a namespace, from the pods' own statuses. */
final class Recorder implements ResourceEventHandler<Pod>, AutoCloseable {

    /**
     * A container that started.
     *
     * @param startedAt kubelet's time, whole seconds
     * @param finishedAt empty while it runs
     */
    record Start(
            String pod,
            String container,
            String image,
            boolean ofJob,
            String startedAt,
            Optional<String> finishedAt,
            int exitCode) {}

    private final Map<String, Start> starts = new ConcurrentSkipListMap<>();
    private final SharedIndexInformer<Pod> informer;

    Recorder(KubernetesClient client, String namespace) {
        this.informer = client.pods().inNamespace(namespace).inform(this);
    }

    /** Starts of containers that serve: neither waiters nor migrations. */
    List<Start> applications() {
        return starts.values().stream()
                .filter(start -> !start.ofJob() && !start.container().startsWith("migrate-wait-"))
                .toList();
    }

    List<Start> applications(String image) {
        return applications().stream()
                .filter(start -> start.image().endsWith(image))
                .toList();
    }

    /** Starts of migration containers, one for each attempt. */
    List<Start> migrations() {
        return starts.values().stream()
                .filter(start -> start.ofJob() && start.container().equals("migrations"))
                .toList();
    }

    List<Start> migrations(String image) {
        return migrations().stream()
                .filter(start -> start.image().endsWith(image))
                .toList();
    }

    List<Start> waiters() {
        return starts.values().stream()
                .filter(start -> start.container().startsWith("migrate-wait-"))
                .toList();
    }

    @Override
    public void onAdd(Pod pod) {
        record(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
        record(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean unknown) {
        record(pod);
    }

    @Override
    public void close() {
        informer.close();
    }

    private void record(Pod pod) {
        var status = pod.getStatus();
        Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .forEach(container -> Stream.of(container.getLastState(), container.getState())
                        .filter(java.util.Objects::nonNull)
                        .forEach(state -> record(pod, container, state)));
    }

    private void record(Pod pod, ContainerStatus container, ContainerState state) {
        if (state.getRunning() != null) {
            put(pod, container, state.getRunning().getStartedAt(), Optional.empty(), 0);
        } else if (state.getTerminated() != null && state.getTerminated().getStartedAt() != null) {
            var ended = state.getTerminated();
            put(pod, container, ended.getStartedAt(), Optional.ofNullable(ended.getFinishedAt()), ended.getExitCode());
        }
    }

    /** As the pod asks for it: kubelet reports another name of the same image as it likes. */
    private static String image(Pod pod, String container) {
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .filter(declared -> container.equals(declared.getName()))
                .map(Container::getImage)
                .findFirst()
                .orElseThrow();
    }

    private void put(Pod pod, ContainerStatus container, String started, Optional<String> finished, int exitCode) {
        var labels = pod.getMetadata().getLabels();
        var start = new Start(
                pod.getMetadata().getName(),
                container.getName(),
                image(pod, container.getName()),
                labels != null && labels.containsKey(Labels.MIGRATOR),
                started,
                finished,
                exitCode);
        starts.merge(
                started + "/" + pod.getMetadata().getUid() + "/" + container.getName(),
                start,
                (before, now) -> before.finishedAt().isPresent() ? before : now);
    }
}
