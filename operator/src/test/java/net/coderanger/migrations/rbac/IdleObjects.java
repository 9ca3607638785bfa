package net.coderanger.migrations.rbac;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.UUID;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;

/** Pods and Jobs of a namespace, none of which ever runs, and with which no operator that may be installed has to do. */
final class IdleObjects {

    static final String FOREIGN_GATE = "example.com/quota";
    static final String FOREIGN_FINALIZER = "example.com/keep";

    private final KubernetesClient admin;
    private final String namespace;
    private final Migrator migrator;

    IdleObjects(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
        var unborn = admin.getKubernetesSerialization().unmarshal("""
                        apiVersion: migrations.coderanger.net/v1beta1
                        kind: Migrator
                        metadata:
                          name: shop
                          namespace: %s
                          annotations:
                            controller-utils/skip-reconcile: "true"
                        spec:
                          selector:
                            matchLabels: {app: nobody}
                        """.formatted(namespace), Migrator.class);
        this.migrator = admin.resource(unborn).create();
    }

    /** Waits for the Migrator {@code shop} and for somebody else by scheduling gates. */
    Pod pod() {
        return admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(unique("pod"))
                        .addToLabels("team", "shop")
                        .addToAnnotations("team", "shop")
                        .endMetadata()
                        .withNewSpec()
                        .addNewSchedulingGate(Gates.schedulingGate("shop"))
                        .addNewSchedulingGate(FOREIGN_GATE)
                        .addNewToleration()
                        .withOperator("Exists")
                        .endToleration()
                        .addNewInitContainer()
                        .withName("seed")
                        .withImage("shop")
                        .endInitContainer()
                        .addNewContainer()
                        .withName("shop")
                        .withImage("shop")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    /** One as the operator makes them, not created yet. */
    Job job() {
        return new JobBuilder(suspended())
                .editMetadata()
                .withName(unique("migration"))
                .addToLabels(Labels.MIGRATOR, "shop")
                .addToFinalizers(Gates.OUTCOME_FINALIZER)
                .addToFinalizers(FOREIGN_FINALIZER)
                .addNewOwnerReference()
                .withApiVersion(migrator.getApiVersion())
                .withKind(migrator.getKind())
                .withName(migrator.getMetadata().getName())
                .withUid(migrator.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .build();
    }

    Job jobOfSomebodyElse() {
        return admin.resource(suspended()).create();
    }

    /** Takes all finalizers off, so that the namespace can go. */
    void letGoOf(Job job) {
        admin.resource(job).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
    }

    private Job suspended() {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(unique("job"))
                .endMetadata()
                .withNewSpec()
                .withSuspend(true)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("migrations")
                .withImage("shop")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
