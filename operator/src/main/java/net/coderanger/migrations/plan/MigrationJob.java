package net.coderanger.migrations.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.JobOverrides;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.SafeName;
import org.jspecify.annotations.Nullable;

/**
 * The Job of a run.
 *
 * @param workload whose template it is made from
 * @param spec its spec, without what tells one run from another
 * @param inputs digest of that spec: the same inputs make the same migration
 * @param image the image that migrates
 */
record MigrationJob(Workload workload, JobSpec spec, String inputs, String image) {

    private static final int INPUTS_LENGTH = 16;
    private static final int RUN_ID_LENGTH = 10;
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** The Job that a workload's template makes; empty if the template lacks the selected container. */
    static Optional<MigrationJob> of(Migrator migrator, Workload workload) {
        return new JobPodTemplate(migrator.getSpec()).of(workload.template()).map(podSpec -> {
            var template = new PodTemplateSpecBuilder()
                    .withMetadata(podMetadata(migrator))
                    .withSpec(podSpec)
                    .build();
            var spec = jobSpec(template, migrator.getSpec().jobOrDefault());
            var image = podSpec.getContainers().getFirst().getImage();
            return new MigrationJob(workload, spec, SafeName.digest(canonical(spec), INPUTS_LENGTH), image);
        });
    }

    /**
     * The id of the run that follows a history. It depends on nothing else, so whoever starts the next run, knowing whatever of
     * pods and templates, makes a Job of the same name, and only one of them can be created.
     */
    static String nextRunId(Migrator migrator, History history) {
        var before = history.newest().map(entry -> entry.id()).orElse("");
        return SafeName.digest(migrator.getMetadata().getUid() + "/" + before, RUN_ID_LENGTH);
    }

    static String jobName(Migrator migrator, String runId) {
        return SafeName.label(migrator.getMetadata().getName(), SafeName.MAX - 1 - RUN_ID_LENGTH) + "-" + runId;
    }

    /** The Job itself. It carries all that its history entry will need, so that a run is never known by status alone. */
    Job job(Migrator migrator, String runId, String revision) {
        var metadata = migrator.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(metadata.getNamespace())
                .withName(jobName(migrator, runId))
                .withLabels(OwnLabels.ofJob(metadata, runId))
                .withAnnotations(annotations(revision, migrator.getSpec().trigger()))
                .withFinalizers(Gates.OUTCOME_FINALIZER)
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(migrator.getApiVersion())
                        .withKind(migrator.getKind())
                        .withName(metadata.getName())
                        .withUid(metadata.getUid())
                        .withController(true)
                        .withBlockOwnerDeletion(false)
                        .build())
                .endMetadata()
                .withSpec(new JobSpecBuilder(spec)
                        .editTemplate()
                        .editMetadata()
                        .addToLabels(Labels.RUN, runId)
                        .endMetadata()
                        .endTemplate()
                        .build())
                .build();
    }

    private Map<String, String> annotations(String revision, @Nullable String trigger) {
        var annotations = new HashMap<>(Map.of(
                Annotations.REVISION, revision,
                Annotations.WORKLOAD, workload.ref(),
                Annotations.INPUTS, inputs));
        if (trigger != null) {
            annotations.put(Annotations.TRIGGER, trigger);
        }
        return annotations;
    }

    private static JobSpec jobSpec(PodTemplateSpec template, JobOverrides job) {
        return new JobSpecBuilder()
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
                .withTemplate(template)
                .build();
    }

    private static ObjectMeta podMetadata(Migrator migrator) {
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

    private static String canonical(JobSpec spec) {
        try {
            return CANONICAL.writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a Job spec that came from JSON must become JSON again", e);
        }
    }
}
