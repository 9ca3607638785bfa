package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.rbac.AccessReview;
import net.coderanger.migrations.tls.CertificateSecret;
import net.coderanger.migrations.tls.Hosts;
import net.coderanger.migrations.tls.SecretStore;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The operator as Helm installed it. Closing it brings it back to what it was. */
final class InstalledOperator implements AutoCloseable {

    /** Of the release, its namespace, its Deployment and its ClusterRole. */
    static final String NAME = "migrations-operator";

    private static final int REPLICAS = 2;
    private static final Duration CERTIFICATE_LIVES = Duration.ofDays(90);

    private final KubernetesClient admin = new KubernetesClientBuilder().build();
    private @Nullable ClusterRole taken;
    private @Nullable Secret ownCertificate;

    /** Scales the operator, and waits until that many replicas are ready and no more exist. */
    void scale(int replicas) {
        var deployment = admin.apps().deployments().inNamespace(NAME).withName(NAME);
        deployment.scale(replicas);
        deployment.waitUntilCondition(
                current -> current != null
                        && Objects.requireNonNullElse(current.getStatus().getReadyReplicas(), 0) == replicas
                        && Objects.requireNonNullElse(current.getStatus().getReplicas(), 0) == replicas,
                TestNamespace.PATIENCE.toSeconds(),
                TimeUnit.SECONDS);
        if (replicas == 0) {
            admin.pods()
                    .inNamespace(NAME)
                    .withLabel("app.kubernetes.io/name", NAME)
                    .waitUntilCondition(Objects::isNull, TestNamespace.PATIENCE.toSeconds(), TimeUnit.SECONDS);
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
        mayNotTouch("secrets");
        Awaitility.await().atMost(TestNamespace.PATIENCE).until(() -> !may("get", "secrets", "default"));
    }

    /** Takes all rights on a resource in every namespace from it; that counts within a second or so. */
    void mayNotTouch(String resource) {
        var role = admin.rbac().clusterRoles().withName(NAME);
        taken = role.get();
        role.edit(current -> new ClusterRoleBuilder(current)
                .removeMatchingFromRules(rule -> rule.getResources().contains(resource))
                .build());
    }

    /** Gives back the rights that were taken. */
    void mayAgain() {
        Optional.ofNullable(taken)
                .ifPresent(before -> admin.rbac()
                        .clusterRoles()
                        .withName(NAME)
                        .edit(role -> new ClusterRoleBuilder(role)
                                .withRules(before.getRules())
                                .build()));
    }

    /** Starts all replicas anew with another value of a setting. */
    void restart(String setting, String value) {
        scale(0);
        admin.apps()
                .deployments()
                .inNamespace(NAME)
                .withName(NAME)
                .edit(current -> new DeploymentBuilder(current)
                        .editSpec()
                        .editTemplate()
                        .editSpec()
                        .editFirstContainer()
                        .editMatchingEnv(variable -> variable.getName().equals(setting))
                        .withValue(value)
                        .endEnv()
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
        scale(REPLICAS);
    }

    /** Writes somebody into the lease by which the replicas choose their leader, for as long as a lease lasts; null: nobody. */
    void lease(@Nullable String holder) {
        admin.leases()
                .inNamespace(NAME)
                .withName(NAME)
                .edit(lease -> new LeaseBuilder(lease)
                        .editSpec()
                        .withHolderIdentity(holder)
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build());
    }

    /** Puts a certificate in place of the operator's own, as another tool would keep it. Replicas read it when they start. */
    void certificateOfAnotherTool(Duration left) {
        var made = new HashMap<String, String>();
        var store = new SecretStore() {
            @Override
            public Optional<Stored> read() {
                return Optional.empty();
            }

            @Override
            public boolean create(Map<String, String> data) {
                made.putAll(data);
                return true;
            }

            @Override
            public boolean replace(Stored read, Map<String, String> data) {
                return false;
            }
        };
        var then = Instant.now().plus(left).minus(CERTIFICATE_LIVES);
        new CertificateSecret(store, Hosts.ofService(NAME, NAME), Clock.fixed(then, ZoneOffset.UTC)).current();
        made.remove("ca.key");
        var secret = admin.secrets().inNamespace(NAME).withName(NAME + "-certificate");
        ownCertificate = secret.require();
        secret.edit(current -> new SecretBuilder(current)
                .withData(Map.of())
                .withStringData(made)
                .build());
    }

    /** Brings the operator's own certificate back. */
    void ownCertificate() {
        Optional.ofNullable(ownCertificate)
                .ifPresent(own -> admin.secrets()
                        .inNamespace(NAME)
                        .withName(own.getMetadata().getName())
                        .edit(current -> new SecretBuilder(current)
                                .withData(own.getData())
                                .build()));
    }

    /** Takes a verb from its Role in its own namespace, until the role as it was, which is returned, is written again. */
    Role mayNot(String verb, String resource) {
        var role = admin.rbac().roles().inNamespace(NAME).withName(NAME);
        var before = role.get();
        role.edit(current -> {
            current.getRules().stream()
                    .filter(rule -> rule.getResources().contains(resource))
                    .forEach(rule -> rule.setVerbs(rule.getVerbs().stream()
                            .filter(other -> !other.equals(verb))
                            .toList()));
            return current;
        });
        before.getMetadata().setResourceVersion(null);
        return before;
    }

    /** The exit codes of replicas that have ended and were started again. */
    List<Integer> failedWith() {
        return admin.pods().inNamespace(NAME).withLabel("app.kubernetes.io/name", NAME).list().getItems().stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .flatMap(container -> Stream.of(container.getState(), container.getLastState()))
                .map(ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .map(ContainerStateTerminated::getExitCode)
                .toList();
    }

    /**
     * Whether its service account may do something with objects of the core API.
     *
     * @param namespace empty for all at once
     */
    boolean may(String verb, String resource, String namespace) {
        return AccessReview.allows(
                admin, "system:serviceaccount:" + NAME + ":" + NAME, verb, "", resource, namespace, "");
    }

    @Override
    public void close() {
        mayAgain();
        ownCertificate();
        scale(REPLICAS);
        admin.close();
    }
}
