package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.History;
import net.coderanger.migrations.plan.Revision;

/** What is known of a pod that is being admitted, before any cache has seen it. */
public final class AdmissionView {

    private final KubernetesClient client;

    /**
     * @param client a client whose requests end well before the API server gives up on the webhook
     */
    public AdmissionView(KubernetesClient client) {
        this.client = client;
    }

    /** The revision of a pod, read from its immediate controller; empty if that is gone. */
    public Optional<String> revision(Migrator migrator, Pod pod, String namespace) {
        return new WorkloadLookup(client, namespace)
                .of(pod)
                .template()
                .flatMap(template -> Revision.of(template, migrator.getSpec().container()));
    }

    /** Whether a pod of a revision needs no gate. */
    public static boolean passes(Migrator migrator, String revision) {
        return History.of(migrator.getStatus())
                .passesUnseen(revision, migrator.getSpec().onRollbackOrDefault());
    }
}
