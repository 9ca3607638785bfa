package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.JobOverrides;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.StepCommand;
import org.jspecify.annotations.Nullable;

/** The pods that migrate: the workload's, less what belongs to serving, with what the spec asks for instead. */
final class JobPodTemplate {

    /** The original's name of the container that migrates. */
    static final String CONTAINER = "migrations";

    private final MigratorSpec spec;
    private final JobOverrides job;

    JobPodTemplate(MigratorSpec spec) {
        this.spec = spec;
        this.job = spec.jobOrDefault();
    }

    /** The pod spec of the migration, if the template has the selected container. */
    Optional<PodSpec> of(PodTemplateSpec template) {
        return of(template, migrations -> migrations);
    }

    /** The pod spec of another step: the migration's, with what the step asks for. */
    Optional<PodSpec> of(PodTemplateSpec template, StepCommand step) {
        return of(template, migrations -> instead(migrations, step));
    }

    private Optional<PodSpec> of(PodTemplateSpec template, UnaryOperator<Container> change) {
        return Revision.container(template, spec.container())
                .map(selected -> podSpec(template.getSpec(), selected, change));
    }

    /** Command and arguments of another program mean nothing to this one: what the step does not say is its image's. */
    private static Container instead(Container migrations, StepCommand step) {
        return new ContainerBuilder(migrations)
                .withImage(step.image() == null ? migrations.getImage() : step.image())
                .withCommand(step.command())
                .withArgs(step.args())
                .withEnv(merged(migrations.getEnv(), step.env(), variable -> variable.getName()))
                .build();
    }

    private PodSpec podSpec(PodSpec from, Container selected, UnaryOperator<Container> change) {
        var volumes = merged(from.getVolumes(), job.volumes(), Volume::getName);
        volumes.removeIf(volume -> Gates.VOLUME.equals(volume.getName()));
        var known = volumes.stream().map(Volume::getName).collect(Collectors.toSet());

        var pod = new PodSpecBuilder(from)
                .withRestartPolicy("Never")
                .withVolumes(volumes)
                .withInitContainers(initContainers(from, known))
                .withContainers(containers(from, selected, known, change))
                .withImagePullSecrets(
                        merged(from.getImagePullSecrets(), job.imagePullSecrets(), reference -> reference.getName()))
                .withTolerations(merged(from.getTolerations(), job.tolerations(), Function.identity()))
                .withAffinity(schedulable(from.getAffinity()))
                .withTopologySpreadConstraints(schedulable(from.getTopologySpreadConstraints()));
        withoutIdentity(pod);
        if (job.serviceAccountName() != null) {
            pod.withServiceAccountName(job.serviceAccountName()).withServiceAccount(null);
        }
        if (job.podSecurityContext() != null) {
            pod.withSecurityContext(job.podSecurityContext());
        }
        if (job.nodeSelector() != null) {
            pod.withNodeSelector(job.nodeSelector());
        }
        return pod.build();
    }

    /** What ties a pod to a node, a name or a lifetime of its own. */
    private static void withoutIdentity(PodSpecBuilder pod) {
        pod.withNodeName(null)
                .withHostname(null)
                .withSubdomain(null)
                .withSetHostnameAsFQDN(null)
                .withActiveDeadlineSeconds(null)
                .withEphemeralContainers(List.of())
                .withReadinessGates(List.of())
                .withSchedulingGates(List.of());
    }

    private List<Container> initContainers(PodSpec from, Set<String> volumes) {
        return SeenPod.orEmpty(from.getInitContainers()).stream()
                .filter(container -> !Gates.isWaiter(container.getName()))
                .map(container -> quiet(container, volumes))
                .map(JobPodTemplate::withAnotherName)
                .toList();
    }

    /** Applications that migrated in an init container tend to have called it so. */
    private static Container withAnotherName(Container container) {
        return CONTAINER.equals(container.getName())
                ? new ContainerBuilder(container)
                        .withName(CONTAINER + "-of-template")
                        .build()
                : container;
    }

    private List<Container> containers(
            PodSpec from, Container selected, Set<String> volumes, UnaryOperator<Container> change) {
        var kept = SeenPod.orEmpty(job.keepContainers());
        var sidecars = from.getContainers().stream()
                .filter(container -> kept.contains(container.getName()))
                .filter(container -> !Objects.equals(container.getName(), selected.getName()))
                .map(container -> withAnotherName(quiet(container, volumes)));
        return Stream.concat(Stream.of(change.apply(migrations(selected, volumes))), sidecars)
                .toList();
    }

    private Container migrations(Container selected, Set<String> volumes) {
        var container = new ContainerBuilder(quiet(selected, volumes))
                .withName(CONTAINER)
                // the last lines of output become the failure's message even if the tool writes no termination message
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withEnv(merged(selected.getEnv(), job.env(), variable -> variable.getName()));
        SeenPod.orEmpty(job.envFrom()).forEach(container::addToEnvFrom);
        container.withVolumeMounts(merged(
                mounted(selected.getVolumeMounts(), mount -> mount.getName(), volumes),
                job.volumeMounts(),
                mount -> mount.getMountPath()));
        if (spec.image() != null) {
            container.withImage(spec.image());
        }
        if (spec.command() != null) {
            container.withCommand(spec.command());
        }
        if (spec.args() != null) {
            container.withArgs(spec.args());
        }
        if (job.resources() != null) {
            container.withResources(job.resources());
        }
        if (job.securityContext() != null) {
            container.withSecurityContext(job.securityContext());
        }
        return container.build();
    }

    /**
     * A container without what serves traffic. A native sidecar keeps its start-up probe: the containers after it wait for that.
     * Mounts of a StatefulSet's claim templates go: the claims belong to its pods, and the template has no volume of that name.
     */
    private static Container quiet(Container container, Set<String> volumes) {
        var sidecar = "Always".equals(container.getRestartPolicy());
        return new ContainerBuilder(container)
                .withPorts(List.of())
                .withLifecycle(null)
                .withLivenessProbe(null)
                .withReadinessProbe(null)
                .withStartupProbe(sidecar ? container.getStartupProbe() : null)
                .withVolumeMounts(mounted(container.getVolumeMounts(), mount -> mount.getName(), volumes))
                .withVolumeDevices(mounted(container.getVolumeDevices(), device -> device.getName(), volumes))
                .build();
    }

    private static <T> List<T> mounted(@Nullable List<T> mounts, Function<T, String> volume, Set<String> volumes) {
        return SeenPod.orEmpty(mounts).stream()
                .filter(mount -> volumes.contains(volume.apply(mount)))
                .toList();
    }

    /** Rules about other pods that were written for the serving pods could leave the Job's pod without a node. */
    private static @Nullable Affinity schedulable(@Nullable Affinity affinity) {
        if (affinity == null) {
            return null;
        }
        var free = new AffinityBuilder(affinity);
        if (affinity.getPodAffinity() != null) {
            free.editPodAffinity()
                    .withRequiredDuringSchedulingIgnoredDuringExecution(List.of())
                    .endPodAffinity();
        }
        if (affinity.getPodAntiAffinity() != null) {
            free.editPodAntiAffinity()
                    .withRequiredDuringSchedulingIgnoredDuringExecution(List.of())
                    .endPodAntiAffinity();
        }
        return free.build();
    }

    private static List<TopologySpreadConstraint> schedulable(@Nullable List<TopologySpreadConstraint> constraints) {
        return SeenPod.orEmpty(constraints).stream()
                .filter(constraint -> "ScheduleAnyway".equals(constraint.getWhenUnsatisfiable()))
                .toList();
    }

    /** The first list with the second added; where both have a key, the second's entry, in the first's place. */
    private static <T, K> List<T> merged(@Nullable List<T> base, @Nullable List<T> added, Function<T, K> key) {
        var result = new ArrayList<>(SeenPod.orEmpty(base));
        for (var entry : SeenPod.orEmpty(added)) {
            var same = result.stream()
                    .filter(existing -> Objects.equals(key.apply(existing), key.apply(entry)))
                    .findFirst();
            same.ifPresentOrElse(existing -> result.set(result.indexOf(existing), entry), () -> result.add(entry));
        }
        return result;
    }
}
