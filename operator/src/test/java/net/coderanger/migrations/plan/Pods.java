package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import org.jspecify.annotations.Nullable;

/** Pods as the operator sees them, made step by step; each step gives a new one. */
record Pods(PodBuilder pod, Optional<PodTemplateSpec> origin, Optional<Workload> workload) {

    /** A running pod of a workload's current template, without a gate. */
    static Pods of(String name, Workload workload) {
        return new Pods(named(name), Optional.of(workload.template()), Optional.of(workload));
    }

    /** A pod whose controller is gone. */
    static Pods orphan(String name) {
        return new Pods(named(name), Optional.empty(), Optional.empty());
    }

    private static PodBuilder named(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(Migrators.NAMESPACE)
                .withUid("uid-of-" + name)
                .withCreationTimestamp(Migrators.T0.toString())
                .withLabels(Workloads.SHOP)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .endStatus();
    }

    /** Made from an older template of its workload, as a pod of the old ReplicaSet is. */
    Pods madeFrom(PodTemplateSpec template) {
        return new Pods(copy(), Optional.of(template), workload);
    }

    Pods labelled(Map<String, String> labels) {
        return with(copy().editMetadata().withLabels(labels).endMetadata());
    }

    Pods annotated(String key, String value) {
        return with(copy().editMetadata().addToAnnotations(key, value).endMetadata());
    }

    Pods createdAt(Instant time) {
        return with(copy().editMetadata().withCreationTimestamp(time.toString()).endMetadata());
    }

    Pods waiting() {
        return waitingFor(Migrators.NAME);
    }

    Pods waitingFor(String migrator) {
        return with(copy().editSpec()
                .addNewInitContainer()
                .withName(Gates.waiterContainer(migrator))
                .endInitContainer()
                .endSpec()
                .editStatus()
                .withPhase("Pending")
                .endStatus());
    }

    Pods behindSchedulingGate(String gate) {
        return with(copy().editSpec()
                .addNewSchedulingGate(gate)
                .endSpec()
                .editStatus()
                .withPhase("Pending")
                .endStatus());
    }

    Pods released() {
        return annotated(
                Annotations.released(Migrators.NAME), pod.buildMetadata().getUid());
    }

    Pods phase(@Nullable String phase) {
        return with(copy().editStatus().withPhase(phase).endStatus());
    }

    /** With the status of an init container, as kubelet writes it. */
    Pods initStatus(String yaml) {
        return with(copy().editStatus()
                .withInitContainerStatuses(Migrators.yaml(yaml, ContainerStatus.class))
                .endStatus());
    }

    Pods evicted() {
        return with(
                copy().editStatus().withPhase("Failed").withReason("Evicted").endStatus());
    }

    Pods terminating() {
        return with(copy().editMetadata()
                .withDeletionTimestamp(Migrators.T0.toString())
                .endMetadata());
    }

    SeenPod seen() {
        return new SeenPod(TrimmedPod.of(build()), origin, workload);
    }

    Pod build() {
        return copy().build();
    }

    private PodBuilder copy() {
        return new PodBuilder(pod.build());
    }

    private Pods with(PodBuilder changed) {
        return new Pods(changed, origin, workload);
    }
}
