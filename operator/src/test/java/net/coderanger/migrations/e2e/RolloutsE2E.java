package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.Manifests.template;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import net.coderanger.migrations.e2e.ArgoCdApplication.Seen;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rollouts of a real Argo Rollouts, whose controller runs in the test's namespace and sees nothing of the others. */
@EndToEnd
@Tag("argocd")
class RolloutsE2E {

    private static final String CANARY =
            "canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 25}, {pause: {duration: 2s}}]}";
    private static final String BLUE_GREEN = "blueGreen: {activeService: web}";

    @BeforeEach
    void controller(TestNamespace namespace) {
        namespace.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: argo-rollouts}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                subjects: [{kind: ServiceAccount, name: default, namespace: %1$s}]
                """.formatted(namespace.name()), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: argo-rollouts}
                spec:
                  selector: {matchLabels: {app: argo-rollouts}}
                  template:
                    metadata: {labels: {app: argo-rollouts}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                      - name: controller
                        image: quay.io/argoproj/argo-rollouts:testbed
                        imagePullPolicy: Always
                        args: [--namespaced, --namespace, %1$s, --leader-elect=false]
                        readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
                """.formatted(namespace.name()));
        namespace
                .client()
                .apps()
                .deployments()
                .inNamespace(namespace.name())
                .withName("argo-rollouts")
                .waitUntilReady(TestNamespace.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_canary_waits_for_its_migration_while_all_of_the_stable_version_serves(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", UNTIL_TOLD);
        var first = migrator("web", "web", "sleep 1");
        try (var application = ArgoCdApplication.automated(namespace, first, rollout("app:v1", 4, CANARY))) {
            application.await(application.head(), "Healthy");
            namespace.awaitRunning("web", "app:v1", 4);

            // When
            var v2 = application.mark();
            application.commit("v2", manifest, rollout("app:v2", 4, CANARY));

            // Then
            namespace.await(
                    () -> assertThat(namespace.recorder().migrations("app:v2")).hasSize(1));
            namespace.awaitWaiting("web", 1);
            assertThat(namespace.running("web")).as("of the stable version").hasSize(4);

            // When
            namespace.endMigrations();

            // Then
            application.await(application.head(), "Healthy");
            namespace.awaitRunning("web", "app:v2", 4);
            namespace.awaitOneMigrationBefore("app:v2");
            assertThat(application.since(v2, Seen::health))
                    .contains("Progressing")
                    .endsWith("Healthy");
            assertThat(namespace.status("web").history().getFirst().workload()).isEqualTo("Rollout/web");

            // When
            var failing = migrator("web", "web", "exit 1", "job: {backoffLimit: 0}");
            application.commit("v3", failing, rollout("app:v3", 4, CANARY));
            application.await(application.head(), "Degraded");

            // Then
            namespace.await(() -> assertThat(application.now().migrator()).isEqualTo("Degraded"));
            assertThat(namespace.running("web")).as("of the stable version").hasSize(4);
            assertThat(namespace.recorder().applications("app:v3")).isEmpty();

            // When
            application.commit("back to v2", manifest, rollout("app:v2", 4, CANARY));
            application.await(application.head(), "Healthy");

            // Then
            assertThat(namespace.recorder().migrations("app:v2")).hasSize(1);
            assertThat(namespace.recorder().applications("app:v3")).isEmpty();
        }
    }

    @Test
    void green_waits_for_its_migration_and_blue_stays_active_until_then(TestNamespace namespace) {
        // Given
        namespace.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """, migrator("web", "web", "sleep 1"), rollout("app:v1", 2, BLUE_GREEN));
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.await(() -> assertThat(active(namespace)).isNotEmpty());
        var blue = active(namespace);

        // When
        namespace.apply(migrator("web", "web", UNTIL_TOLD), rollout("app:v2", 2, BLUE_GREEN));

        // Then
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v2")).hasSize(1));
        assertThat(active(namespace)).as("while the migration runs").isEqualTo(blue);
        assertThat(namespace.running("web")).as("blue").hasSize(2);

        // When
        namespace.endMigrations();

        // Then
        namespace.await(() -> assertThat(active(namespace)).isNotEqualTo(blue));
        namespace.awaitRunning("web", "app:v2", 2);
        namespace.awaitOneMigrationBefore("app:v1");
        namespace.awaitOneMigrationBefore("app:v2");
    }

    /** The hash of the version to which the active Service leads. */
    private static String active(TestNamespace namespace) {
        return namespace
                .client()
                .services()
                .inNamespace(namespace.name())
                .withName("web")
                .require()
                .getSpec()
                .getSelector()
                .getOrDefault("rollouts-pod-template-hash", "");
    }

    private static String rollout(String image, int replicas, String strategy) {
        return """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  strategy: {%s}
                %s
                """.formatted(replicas, strategy, template("web", image).indent(2));
    }
}
