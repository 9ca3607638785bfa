package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import net.coderanger.migrations.plan.BarePod;
import net.coderanger.migrations.plan.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a pod was made from, by walking up its controllers. One lookup serves one pass: it reads each controller once, live,
 * for a template that is a moment old is what deploys the wrong migration.
 */
final class WorkloadLookup {

    /**
     * Where a pod comes from.
     *
     * @param template the template of its immediate controller
     * @param workload its topmost known controller
     */
    record Origin(Optional<PodTemplateSpec> template, Optional<Workload> workload) {
        static final Origin GONE = new Origin(Optional.empty(), Optional.empty());
    }

    private sealed interface Read {
        record Found(GenericKubernetesResource resource, PodTemplateSpec template) implements Read {}

        /** Deleted, or replaced by another of the same name. */
        record Gone() implements Read {}

        /** Not readable for the operator, or without a pod template. */
        record NoWorkload() implements Read {}
    }

    /** Far more than any workload has; those whose owners form a circle end here, too. */
    private static final int MAX_OWNERS = 10;

    private static final String CONTROLLER_REVISION_LABEL = "controller-revision-hash";
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final String namespace;
    private final Map<String, Read> reads = new HashMap<>();
    private final Map<String, Optional<PodTemplateSpec>> revisions = new HashMap<>();

    WorkloadLookup(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Where a pod comes from; the pod may be a trimmed one. */
    Origin of(Pod pod) {
        return origin(pod, found -> Optional.of(topmost(found)));
    }

    /** The template of a pod's immediate controller; the pod may be one that is being admitted. */
    Optional<PodTemplateSpec> template(Pod pod) {
        return origin(pod, found -> Optional.empty()).template();
    }

    private Origin origin(Pod pod, Function<Read.Found, Optional<Workload>> workload) {
        var owner = controller(pod);
        if (owner.isEmpty()) {
            return bare(pod);
        }
        return switch (read(owner.get())) {
            case Read.Gone gone -> Origin.GONE;
            case Read.NoWorkload none -> bare(pod);
            case Read.Found found -> new Origin(Optional.of(template(pod, found)), workload.apply(found));
        };
    }

    private Origin bare(Pod pod) {
        var whole = pod.getMetadata().getUid() == null
                ? pod
                : client.pods()
                        .inNamespace(namespace)
                        .withName(pod.getMetadata().getName())
                        .get();
        if (whole == null) {
            return Origin.GONE;
        }
        var template = BarePod.template(whole);
        return new Origin(
                Optional.of(template),
                Optional.of(new Workload(
                        "Pod",
                        Objects.requireNonNullElse(whole.getMetadata().getName(), ""),
                        Objects.requireNonNullElse(whole.getMetadata().getUid(), ""),
                        template,
                        Optional.empty())));
    }

    /**
     * The template a pod was made from. A StatefulSet or DaemonSet that rolls out makes pods of its old revision, too, and its own
     * template is the new one: the ControllerRevision that the pod's label names holds the right one.
     */
    private PodTemplateSpec template(Pod pod, Read.Found found) {
        var resource = found.resource();
        var hash = pod.getMetadata().getLabels() == null
                ? null
                : pod.getMetadata().getLabels().get(CONTROLLER_REVISION_LABEL);
        var keepsRevisions = WorkloadKind.of(resource.getApiVersion(), resource.getKind())
                .filter(WorkloadKind::keepsRevisions)
                .isPresent();
        if (!keepsRevisions || hash == null) {
            return found.template();
        }
        var prefix = resource.getMetadata().getName() + "-";
        return revisions
                .computeIfAbsent(hash.startsWith(prefix) ? hash : prefix + hash, this::controllerRevision)
                .orElse(found.template());
    }

    private Optional<PodTemplateSpec> controllerRevision(String name) {
        var revision = client.apps()
                .controllerRevisions()
                .inNamespace(namespace)
                .withName(name)
                .get();
        return revision == null ? Optional.empty() : template(revision.getData(), WorkloadKind.TEMPLATE);
    }

    private Workload topmost(Read.Found start) {
        var current = start;
        for (var owners = 0; owners < MAX_OWNERS; owners++) {
            var owner = controller(current.resource());
            if (owner.isEmpty() || !(read(owner.get()) instanceof Read.Found parent)) {
                break;
            }
            current = parent;
        }
        var resource = current.resource();
        var metadata = resource.getMetadata();
        return new Workload(
                resource.getKind(),
                metadata.getName(),
                metadata.getUid(),
                current.template(),
                progressDeadline(resource));
    }

    /** Of a Deployment or an Argo Rollout. The API server fills in the default; the greatest int means that there is no deadline. */
    private static Optional<Duration> progressDeadline(GenericKubernetesResource resource) {
        return at(resource.getAdditionalProperties(), List.of("spec"))
                .flatMap(spec -> Optional.ofNullable(spec.get("progressDeadlineSeconds")))
                .filter(Number.class::isInstance)
                .map(seconds -> ((Number) seconds).longValue())
                .filter(seconds -> seconds < Integer.MAX_VALUE)
                .map(Duration::ofSeconds);
    }

    private Read read(OwnerReference owner) {
        return reads.computeIfAbsent(owner.getUid(), uid -> {
            var resource = get(owner.getApiVersion(), owner.getKind(), owner.getName());
            if (resource.isEmpty()) {
                return new Read.NoWorkload();
            }
            if (resource.get().getMetadata() == null
                    || !uid.equals(resource.get().getMetadata().getUid())) {
                return new Read.Gone();
            }
            return template(resource.get())
                    .<Read>map(template -> new Read.Found(resource.get(), template))
                    .orElseGet(Read.NoWorkload::new);
        });
    }

    /** A resource without metadata says that there is none of that name; empty, that the operator cannot read such resources. */
    private Optional<GenericKubernetesResource> get(String apiVersion, String kind, String name) {
        try {
            var known = WorkloadKind.of(apiVersion, kind);
            var resources = known.isPresent()
                    ? client.genericKubernetesResources(known.get().context())
                    : client.genericKubernetesResources(apiVersion, kind);
            var resource = resources.inNamespace(namespace).withName(name).get();
            return Optional.of(resource == null ? new GenericKubernetesResource() : resource);
        } catch (KubernetesClientException e) {
            // for a kind that has to be discovered the client says by code 0 that the API server does not have it
            var noSuchKind =
                    e.getCode() == 0 && WorkloadKind.of(apiVersion, kind).isEmpty();
            if (e.getCode() == FORBIDDEN || e.getCode() == NOT_FOUND || noSuchKind) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<PodTemplateSpec> template(GenericKubernetesResource resource) {
        var path = WorkloadKind.of(resource.getApiVersion(), resource.getKind())
                .map(WorkloadKind::templatePath)
                .orElse(WorkloadKind.TEMPLATE);
        return template(resource.getAdditionalProperties(), path).or(() -> referenced(resource));
    }

    /** An Argo Rollout may leave its template to a workload that {@code workloadRef} names. */
    private Optional<PodTemplateSpec> referenced(GenericKubernetesResource resource) {
        return at(resource.getAdditionalProperties(), List.of("spec", "workloadRef"))
                .flatMap(reference -> get(
                        Objects.toString(reference.get("apiVersion"), ""),
                        Objects.toString(reference.get("kind"), ""),
                        Objects.toString(reference.get("name"), "")))
                .flatMap(target -> "PodTemplate".equals(target.getKind())
                        ? template(target.getAdditionalProperties(), List.of("template"))
                        : template(target.getAdditionalProperties(), WorkloadKind.TEMPLATE));
    }

    private Optional<PodTemplateSpec> template(@Nullable Object content, List<String> path) {
        return at(content, path)
                .map(found -> client.getKubernetesSerialization().convertValue(found, PodTemplateSpec.class))
                .filter(template -> template.getSpec() != null
                        && template.getSpec().getContainers() != null
                        && !template.getSpec().getContainers().isEmpty());
    }

    private static Optional<Map<?, ?>> at(@Nullable Object content, List<String> path) {
        var current = content;
        for (var key : path) {
            current = current instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return current instanceof Map<?, ?> map ? Optional.of(map) : Optional.empty();
    }

    private static Optional<OwnerReference> controller(HasMetadata resource) {
        var owners = resource.getMetadata().getOwnerReferences();
        return owners == null
                ? Optional.empty()
                : owners.stream()
                        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                        .findFirst();
    }
}
