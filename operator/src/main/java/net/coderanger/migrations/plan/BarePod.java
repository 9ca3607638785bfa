package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Set;
import net.coderanger.migrations.api.Gates;
import org.jspecify.annotations.Nullable;

/** A pod without a controller, read back to what it was before admission and scheduling added to it. */
public final class BarePod {

    /** Prefix that the ServiceAccount admission plugin gives to the volume with the API token. */
    private static final String TOKEN_VOLUME = "kube-api-access-";

    /** What the DefaultTolerationSeconds admission plugin adds. */
    private static final Set<String> DEFAULT_TOLERATIONS =
            Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

    private BarePod() {}

    /** The template that the pod could have been made from. */
    public static PodTemplateSpec template(Pod pod) {
        var spec = pod.getSpec();
        return new PodTemplateSpecBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withLabels(pod.getMetadata().getLabels())
                        .withAnnotations(pod.getMetadata().getAnnotations())
                        .build())
                .withSpec(new PodSpecBuilder(spec)
                        .withNodeName(null)
                        .withPriority(null)
                        .withPreemptionPolicy(null)
                        .withServiceAccount(null)
                        .withEphemeralContainers(List.of())
                        .withSchedulingGates(List.of())
                        .withVolumes(SeenPod.orEmpty(spec.getVolumes()).stream()
                                .filter(volume -> !injected(volume))
                                .toList())
                        .withTolerations(SeenPod.orEmpty(spec.getTolerations()).stream()
                                .filter(toleration -> !injected(toleration))
                                .toList())
                        .withInitContainers(cleaned(spec.getInitContainers()))
                        .withContainers(cleaned(spec.getContainers()))
                        .build())
                .build();
    }

    private static List<Container> cleaned(@Nullable List<Container> containers) {
        return SeenPod.orEmpty(containers).stream()
                .filter(container -> !Gates.isWaiter(container.getName()))
                .map(container -> new ContainerBuilder(container)
                        .withVolumeMounts(SeenPod.orEmpty(container.getVolumeMounts()).stream()
                                .filter(mount -> !injected(mount))
                                .toList())
                        .build())
                .toList();
    }

    private static boolean injected(Volume volume) {
        return volume.getName().startsWith(TOKEN_VOLUME) || Gates.VOLUME.equals(volume.getName());
    }

    private static boolean injected(VolumeMount mount) {
        return mount.getName().startsWith(TOKEN_VOLUME) || Gates.VOLUME.equals(mount.getName());
    }

    private static boolean injected(Toleration toleration) {
        return DEFAULT_TOLERATIONS.contains(toleration.getKey())
                && Long.valueOf(300).equals(toleration.getTolerationSeconds());
    }
}
