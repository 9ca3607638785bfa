package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The operator as Helm installed it. Closing it brings it back to what it was. */
final class InstalledOperator implements AutoCloseable {

    private static final String NAME = "migrations-operator";
    private static final int REPLICAS = 2;

    private final KubernetesClient admin = new KubernetesClientBuilder().build();
    private @Nullable ClusterRole taken;

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

    /** What all replicas have logged. */
    String log() {
        return admin.pods().inNamespace(NAME).withLabel("app.kubernetes.io/name", NAME).list().getItems().stream()
                .map(pod -> admin.pods()
                        .inNamespace(NAME)
                        .withName(pod.getMetadata().getName())
                        .getLog())
                .collect(Collectors.joining("\n"));
    }

    /** Takes the right to read Secrets from it, and waits until that counts. */
    void mayNotReadSecrets() {
        var role = admin.rbac().clusterRoles().withName(NAME);
        taken = role.get();
        role.edit(current -> new ClusterRoleBuilder(current)
                .removeMatchingFromRules(rule -> rule.getResources().equals(List.of("secrets")))
                .build());
        Awaitility.await().until(() -> !mayReadSecrets());
    }

    private boolean mayReadSecrets() {
        var review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:" + NAME + ":" + NAME)
                .withNewResourceAttributes()
                .withVerb("get")
                .withResource("secrets")
                .withNamespace("default")
                .endResourceAttributes()
                .endSpec()
                .build();
        return admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }

    @Override
    public void close() {
        Optional.ofNullable(taken)
                .ifPresent(before -> admin.rbac()
                        .clusterRoles()
                        .withName(NAME)
                        .edit(role -> new ClusterRoleBuilder(role)
                                .withRules(before.getRules())
                                .build()));
        scale(REPLICAS);
        admin.close();
    }
}
