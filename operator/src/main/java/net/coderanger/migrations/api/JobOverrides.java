package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the migration's Job differs from the workload's pod template. Lists are added to the template's (an entry with the
 * same name, or for tolerations the same content, replaces it); everything else replaces the template's value.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobOverrides(
        @Nullable @JsonPropertyDescription("Service account of the Job's pod. Default: the template's.")
        String serviceAccountName,

        @Nullable
        @JsonPropertyDescription(
                "Environment of the migration container, added to the template's; the same name replaces.")
        List<EnvVar> env,

        @Nullable
        @JsonPropertyDescription("Environment sources of the migration container, added after the template's.")
        List<EnvFromSource> envFrom,

        @Nullable @JsonPropertyDescription("Volumes of the Job's pod, added to the template's; the same name replaces.")
        List<Volume> volumes,

        @Nullable
        @JsonPropertyDescription(
                "Mounts of the migration container, added to the template's; the same mountPath replaces.")
        List<VolumeMount> volumeMounts,

        @Nullable @JsonPropertyDescription("Requests and limits of the migration container. Default: the template's.")
        ResourceRequirements resources,

        @Nullable @JsonPropertyDescription("Security context of the migration container. Default: the template's.")
        SecurityContext securityContext,

        @Nullable @JsonPropertyDescription("Security context of the Job's pod. Default: the template's.")
        PodSecurityContext podSecurityContext,

        @Nullable @JsonPropertyDescription("Node selector of the Job's pod. Default: the template's.")
        Map<String, String> nodeSelector,

        @Nullable @JsonPropertyDescription("Tolerations of the Job's pod, added to the template's.")
        List<Toleration> tolerations,

        @Nullable @JsonPropertyDescription("Pull secrets of the Job's pod, added to the template's.")
        List<LocalObjectReference> imagePullSecrets,

        @Nullable
        @Min(0)
        @Default("3")
        @JsonPropertyDescription(
                "How often a failed migration pod is replaced before the run has failed (the Job's backoffLimit). Pods lost to a node drain do not count.")
        Integer backoffLimit,

        @Nullable
        @Min(1)
        @JsonPropertyDescription(
                "Seconds after which a run that is not finished is killed and has failed. Default: never.")
        Long activeDeadlineSeconds,

        @Nullable
        @JsonPropertyDescription(
                "Names of further containers of the template that the Job keeps. It is complete only when these end, too; native sidecars are kept anyway.")
        List<String> keepContainers) {

    public static final int DEFAULT_BACKOFF_LIMIT = 3;

    /** No difference from the template. */
    public static final JobOverrides NONE =
            new JobOverrides(null, null, null, null, null, null, null, null, null, null, null, null, null, null);
}
