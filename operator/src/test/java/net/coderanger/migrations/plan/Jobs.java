package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;

/** Jobs as the operator makes and sees them; each step gives a new one. */
record Jobs(Job job, List<Pod> pods, List<String> warnings, Optional<String> output) {

    /** The Job of the run that follows the Migrator's history. */
    static Jobs of(Migrator migrator, Workload workload) {
        var history = History.of(migrator.getStatus());
        var revision =
                Revision.of(workload.template(), migrator.getSpec().container()).orElseThrow();
        var candidate = new Candidate(workload, revision, Optional.empty());
        var itinerary = Itinerary.up(migrator, workload).orElseThrow();
        var made = NextRun.of(migrator, candidate, itinerary, history, Optional.empty())
                .job(migrator, Map.of());
        return new Jobs(made, List.of(), List.of(), Optional.empty())
                .with(job -> job.editMetadata()
                        .withUid("uid-of-" + made.getMetadata().getName())
                        .withCreationTimestamp(Migrators.T0.toString())
                        .endMetadata());
    }

    Jobs with(UnaryOperator<JobBuilder> change) {
        return new Jobs(change.apply(new JobBuilder(job)).build(), pods, warnings, output);
    }

    Jobs succeeded() {
        return condition("Complete", "CompletionsReached", "Reached expected number of succeeded pods");
    }

    Jobs failed() {
        return condition("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    }

    Jobs condition(String type, String reason, String message) {
        return with(job -> job.editOrNewStatus()
                .addNewCondition()
                .withType(type)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .endCondition()
                .endStatus());
    }

    Jobs deleted() {
        return with(job -> job.editMetadata()
                .withDeletionTimestamp(Migrators.T0.toString())
                .endMetadata());
    }

    /** Its pods are no more its own, after {@code kubectl delete --cascade=orphan}. */
    Jobs orphaned() {
        return new Jobs(
                job,
                pods.stream()
                        .map(pod -> new PodBuilder(pod)
                                .editMetadata()
                                .withOwnerReferences(List.of())
                                .endMetadata()
                                .build())
                        .toList(),
                warnings,
                output);
    }

    Jobs letGo() {
        return with(job ->
                job.editMetadata().removeFromFinalizers(Gates.OUTCOME_FINALIZER).endMetadata());
    }

    /** With one more pod, whose status is written as kubelet writes it. */
    Jobs pod(String... statusYaml) {
        var pod = Pods.orphan(job.getMetadata().getName() + "-" + (pods.size() + 1))
                .createdAt(Migrators.T0.plusSeconds(pods.size()))
                .build();
        pod.getMetadata().getLabels().put(Labels.MIGRATOR, Migrators.NAME);
        pod.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withKind("Job")
                        .withName(job.getMetadata().getName())
                        .withUid(job.getMetadata().getUid())
                        .withController(true)
                        .build()));
        pod.getSpec().setNodeName("node-1");
        pod.setStatus(Migrators.yaml(String.join("\n", statusYaml), PodStatus.class));
        var all = new ArrayList<>(pods);
        all.add(TrimmedPod.of(pod));
        return new Jobs(job, List.copyOf(all), warnings, output);
    }

    Jobs running() {
        return pod("phase: Running", "containerStatuses:", "- {name: migrations, state: {running: {}}}");
    }

    Jobs warning(String message) {
        return new Jobs(job, pods, List.of(message), output);
    }

    /** With what the newest pod whose migration has ended has printed. */
    Jobs output(String text) {
        return new Jobs(job, pods, warnings, Optional.of(text));
    }

    String name() {
        return job.getMetadata().getName();
    }

    String id() {
        return seen().runId();
    }

    SeenJob seen() {
        return new SeenJob(job, pods, warnings, output);
    }
}
