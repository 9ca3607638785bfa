package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Set;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.MigratorFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces to which the operator was limited, and in which of them it has its rights now: they go with a namespace that is deleted,
 * and one such must hinder nothing in the others. Run it now and then.
 */
public final class WatchedNamespaces implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedNamespaces.class);

    private final KubernetesClient client;
    private final Set<String> wanted;
    private final Set<String> watched;
    private final Runnable returned;
    private volatile Set<String> closed;

    /**
     * Asks the API server at once.
     *
     * @param wanted empty for all namespaces, about which nothing is asked
     * @param returned run when one that was closed to the operator at the start is open: its informers have to be started
     * @throws KubernetesClientException if the API server cannot be asked
     */
    public WatchedNamespaces(KubernetesClient client, Set<String> wanted, Runnable returned) {
        this.client = client;
        this.wanted = wanted;
        this.returned = returned;
        this.closed = Set.of();
        this.closed = closedOnes();
        this.watched = wanted.stream().filter(name -> !closed.contains(name)).collect(Collectors.toUnmodifiableSet());
    }

    /** Those that were open at the start; empty if all namespaces are watched. */
    public Set<String> watched() {
        return watched;
    }

    /** Whether there is nothing at all to watch. */
    public boolean none() {
        return watched.isEmpty() && !wanted.isEmpty();
    }

    /** Whether the operator has lost its rights in one, or never had them. */
    public boolean closed(String namespace) {
        return closed.contains(namespace);
    }

    @Override
    public void run() {
        try {
            closed = closedOnes();
        } catch (KubernetesClientException e) {
            LOG.atDebug().setCause(e).log("Cannot ask which namespaces may be watched; asked again");
            return;
        }
        if (wanted.stream().anyMatch(name -> !watched.contains(name) && !closed(name))) {
            returned.run();
        }
    }

    private Set<String> closedOnes() {
        var now = wanted.stream().filter(name -> !open(name)).collect(Collectors.toUnmodifiableSet());
        now.stream()
                .filter(name -> !closed(name))
                .forEach(name -> LOG.atWarn()
                        .addKeyValue(MigratorFields.NAMESPACE, name)
                        .log(
                                "The operator has no rights in a namespace that it is to watch, which may be deleted: nobody acts there."
                                        + " When the namespace exists again, run helm upgrade"));
        return now;
    }

    private boolean open(String namespace) {
        try {
            client.resources(Migrator.class)
                    .inNamespace(namespace)
                    .list(new ListOptionsBuilder().withLimit(1L).build());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return false;
            }
            throw e;
        }
    }
}
