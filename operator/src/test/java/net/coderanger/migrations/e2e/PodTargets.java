package net.coderanger.migrations.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The pods of a namespace as targets for Prometheus's {@code file_sd_configs}: one for each declared port of each pod that has an
 * address, with labels as {@code kubernetes_sd_configs} of the role pod gives them. The file is written anew with every change.
 */
final class PodTargets implements ResourceEventHandler<Pod>, AutoCloseable {

    private final ObjectMapper json = new ObjectMapper();
    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final Map<String, Pod> pods = new HashMap<>();
    private final Path file;
    private final SharedIndexInformer<Pod> informer;

    /**
     * Starts to write.
     *
     * @param file its name ends in {@code .json}
     */
    PodTargets(String namespace, Path file) {
        this.file = file;
        this.informer = client.pods().inNamespace(namespace).inform(this);
    }

    /** An entry of the file. */
    private record Group(List<String> targets, Map<String, String> labels) {}

    @Override
    public void onAdd(Pod pod) {
        write(pod, true);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
        write(pod, true);
    }

    @Override
    public void onDelete(Pod pod, boolean unknown) {
        write(pod, false);
    }

    private synchronized void write(Pod changed, boolean exists) {
        var uid = changed.getMetadata().getUid();
        if (exists) {
            pods.put(uid, changed);
        } else {
            pods.remove(uid);
        }
        try {
            var whole = Files.write(
                    file.resolveSibling(file.getFileName() + ".new"),
                    json.writeValueAsBytes(
                            pods.values().stream().flatMap(PodTargets::groups).toList()));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Group> groups(Pod pod) {
        var address = pod.getStatus().getPodIP();
        return address == null
                ? Stream.empty()
                : pod.getSpec().getContainers().stream()
                        .flatMap(container -> container.getPorts().stream())
                        .map(port -> new Group(
                                List.of(address + ":" + port.getContainerPort()), labels(pod, address, port)));
    }

    private static Map<String, String> labels(Pod pod, String address, ContainerPort port) {
        return Map.of(
                "__meta_kubernetes_namespace", pod.getMetadata().getNamespace(),
                "__meta_kubernetes_pod_name", pod.getMetadata().getName(),
                "__meta_kubernetes_pod_ip", address,
                "__meta_kubernetes_pod_container_port_name", Objects.requireNonNullElse(port.getName(), ""),
                "__meta_kubernetes_pod_container_port_number",
                        port.getContainerPort().toString());
    }

    @Override
    public void close() {
        informer.close();
        client.close();
    }
}
