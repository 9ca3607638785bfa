package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The operator as Helm installed it. Closing it brings it back to what it was. */
final class InstalledOperator implements AutoCloseable {

    private static final String NAME = "migrations-operator";
    private static final int REPLICAS = 2;

    private final KubernetesClient admin = new KubernetesClientBuilder().build();

    /** Scales the operator, and waits until that many replicas are ready and no more exist. */
    void scale(int replicas) {
        var deployment = admin.apps().deployments().inNamespace(NAME).withName(NAME);
        deployment.scale(replicas);
        deployment.waitUntilCondition(
                current -> current != null
                        && Objects.requireNonNullElse(current.getStatus().getReadyReplicas(), 0) == replicas
                        && Objects.requireNonNullElse(current.getStatus().getReplicas(), 0) == replicas,
                90,
                TimeUnit.SECONDS);
        if (replicas == 0) {
            admin.pods()
                    .inNamespace(NAME)
                    .withLabel("app.kubernetes.io/name", NAME)
                    .waitUntilCondition(Objects::isNull, 60, TimeUnit.SECONDS);
        }
    }

    /** Kills all replicas at once, without a grace period. */
    void kill() {
        admin.pods()
                .inNamespace(NAME)
                .withLabel("app.kubernetes.io/name", NAME)
                .withGracePeriod(0)
                .delete();
    }

    @Override
    public void close() {
        scale(REPLICAS);
        admin.close();
    }
}
