package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.JobOverrides;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.StepApproval;
import net.coderanger.migrations.api.StepCommand;

/** The Job specs that a Migrator makes from a workload's template. */
final class StepJobs {

    /** With {@code OnExitCode}, "done, but a person should look", as {@code terraform plan -detailed-exitcode} has it. */
    private static final int LOOK = 2;

    private final Migrator migrator;
    private final PodTemplateSpec from;
    private final JobPodTemplate pods;

    StepJobs(Migrator migrator, PodTemplateSpec from) {
        this.migrator = migrator;
        this.from = from;
        this.pods = new JobPodTemplate(migrator.getSpec());
    }

    /** The migration's; empty if the template lacks the selected container. */
    Optional<JobSpec> migration() {
        return pods.of(from).map(pod -> jobSpec(pod, StepApproval.Never));
    }

    /**
     * Another step's.
     *
     * @throws java.util.NoSuchElementException if the template lacks the selected container
     */
    JobSpec of(StepCommand command, StepApproval approval) {
        return jobSpec(pods.of(from, command).orElseThrow(), approval);
    }

    private JobSpec jobSpec(PodSpec pod, StepApproval approval) {
        var job = migrator.getSpec().jobOrDefault();
        var spec = new JobSpecBuilder()
                .withBackoffLimit(
                        job.backoffLimit() == null ? JobOverrides.DEFAULT_BACKOFF_LIMIT : (int) job.backoffLimit())
                .withActiveDeadlineSeconds(job.activeDeadlineSeconds())
                // a pod that is still terminating may still be migrating: its replacement waits for its end
                .withPodReplacementPolicy("Failed")
                .withNewPodFailurePolicy()
                .addNewRule()
                .withAction("Ignore")
                .addNewOnPodCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .endOnPodCondition()
                .endRule()
                .endPodFailurePolicy()
                .withTemplate(new PodTemplateSpecBuilder()
                        .withMetadata(podMetadata())
                        .withSpec(pod)
                        .build());
        if (approval == StepApproval.OnExitCode) {
            spec.editPodFailurePolicy()
                    .addNewRule()
                    .withAction("FailJob")
                    .withNewOnExitCodes()
                    .withContainerName(JobPodTemplate.CONTAINER)
                    .withOperator("In")
                    .withValues(LOOK)
                    .endOnExitCodes()
                    .endRule()
                    .endPodFailurePolicy();
        }
        return spec.build();
    }

    private ObjectMeta podMetadata() {
        var spec = migrator.getSpec();
        var metadata = new ObjectMeta();
        metadata.setLabels(new HashMap<>(SeenPod.orEmpty(spec.labels())));
        metadata.getLabels().putAll(OwnLabels.ofPod(migrator.getMetadata()));
        // a classic sidecar never ends, and with it the Job; the user's annotations may say otherwise
        metadata.setAnnotations(new HashMap<>(Map.of(
                "sidecar.istio.io/inject", "false",
                "linkerd.io/inject", "disabled",
                "cluster-autoscaler.kubernetes.io/safe-to-evict", "false",
                "karpenter.sh/do-not-disrupt", "true")));
        metadata.getAnnotations().putAll(SeenPod.orEmpty(spec.annotations()));
        metadata.getAnnotations().put(Annotations.NO_WAIT, "true");
        return metadata;
    }
}
