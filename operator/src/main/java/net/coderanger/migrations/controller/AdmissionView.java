package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.plan.History;
import net.coderanger.migrations.plan.Revision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of a pod that is being admitted, before any cache has seen it. */
public final class AdmissionView {

    private static final Logger LOG = LoggerFactory.getLogger(AdmissionView.class);

    private final KubernetesClient client;

    /**
     * By a client's connections, but with less patience.
     *
     * @param patience how long a request may take; it has to end before the API server gives up on the webhook
     */
    public AdmissionView(KubernetesClient client, Duration patience) {
        this.client = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestTimeout((int) patience.toMillis())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
    }

    /** The revision of a pod, read from its immediate controller; empty if that is gone. */
    public Optional<String> revision(Migrator migrator, Pod pod, String namespace) {
        return new WorkloadLookup(client, namespace)
                .template(pod)
                .flatMap(template -> Revision.of(template, migrator.getSpec().container()));
    }

    /**
     * The Migrators of a namespace. That the cache knows none which is wanted is not taken for granted: people apply a Migrator and its
     * workload in one go, and the pod may be here before the cache has heard of the Migrator.
     */
    public List<Migrator> migrators(String namespace, List<Migrator> cached, Predicate<Migrator> wanted) {
        if (cached.stream().anyMatch(wanted)) {
            return cached;
        }
        try {
            return client.resources(Migrator.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue(MigratorFields.NAMESPACE, namespace)
                    .log("Cannot read a namespace's Migrators; the cache, which knows none for the pod, is believed");
            return cached;
        }
    }

    /** Whether a pod of a revision needs no gate. */
    public static boolean passes(Migrator migrator, String revision) {
        return History.of(migrator.getStatus())
                .passesUnseen(revision, migrator.getSpec().onRollbackOrDefault());
    }
}
