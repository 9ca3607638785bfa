package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Controllers of pods whose place in the API is known, so that reading one costs no discovery. */
enum WorkloadKind {
    DEPLOYMENT("apps/v1", "Deployment", "deployments"),
    REPLICA_SET("apps/v1", "ReplicaSet", "replicasets"),
    STATEFUL_SET("apps/v1", "StatefulSet", "statefulsets"),
    DAEMON_SET("apps/v1", "DaemonSet", "daemonsets"),
    REPLICATION_CONTROLLER("v1", "ReplicationController", "replicationcontrollers"),
    JOB("batch/v1", "Job", "jobs"),
    CRON_JOB("batch/v1", "CronJob", "cronjobs"),
    ROLLOUT("argoproj.io/v1alpha1", "Rollout", "rollouts");

    /** Where a kind that is not listed keeps its template, if it has one. */
    static final List<String> TEMPLATE = List.of("spec", "template");

    private static final List<String> CRON_JOB_TEMPLATE = List.of("spec", "jobTemplate", "spec", "template");

    private final String apiVersion;
    private final String kind;
    private final String plural;

    WorkloadKind(String apiVersion, String kind, String plural) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.plural = plural;
    }

    /** The kind, whatever version of its group the reference names. */
    static Optional<WorkloadKind> of(String apiVersion, String kind) {
        return Arrays.stream(values())
                .filter(known ->
                        known.kind.equals(kind) && group(known.apiVersion).equals(group(apiVersion)))
                .findFirst();
    }

    /** Whether its pods say by a label which of its ControllerRevisions they were made from. */
    boolean keepsRevisions() {
        return this == STATEFUL_SET || this == DAEMON_SET;
    }

    List<String> templatePath() {
        return this == CRON_JOB ? CRON_JOB_TEMPLATE : TEMPLATE;
    }

    ResourceDefinitionContext context() {
        return context(apiVersion, kind, plural);
    }

    static ResourceDefinitionContext context(String apiVersion, String kind, String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group(apiVersion))
                .withVersion(apiVersion.substring(apiVersion.indexOf('/') + 1))
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    private static String group(String apiVersion) {
        var slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}
