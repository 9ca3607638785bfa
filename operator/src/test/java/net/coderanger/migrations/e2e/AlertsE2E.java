package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.parallel.ResourceAccessMode.READ;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.e2e.Prometheus.Alert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Each situation that an alert is about is brought about for a real Prometheus: does the alert fire, with which labels, and does it
 * end? The operator tells each Migrator by name, as with {@code metrics.perMigrator}. Of the node: Prometheus reaches pods by their
 * addresses.
 */
@EndToEnd
@Isolated
@Tag("node")
class AlertsE2E {

    private static final String OPERATOR = "the installed operator";
    private static final int SECONDS = 5;

    private static Prometheus prometheus;

    @BeforeAll
    static void start() throws IOException {
        try (var operator = new InstalledOperator()) {
            operator.restart("METRICS_PER_MIGRATOR", "true");
        }
        prometheus = new Prometheus(Map.of(
                "MigrationRunsTooLong", SECONDS,
                "MigrationPodsWaitTooLong", SECONDS,
                "MigrationApprovalPending", SECONDS));
        Awaitility.await().ignoreExceptions().atMost(TestNamespace.PATIENCE).untilAsserted(() -> {
            assertThat(prometheus.targetsUp("migrations-operator"))
                    .as(prometheus.log())
                    .isEqualTo(2);
            assertThat(prometheus.targetsUp("kube-apiserver"))
                    .as(prometheus.log())
                    .isEqualTo(1);
        });
    }

    @AfterAll
    static void stop() {
        prometheus.close();
        try (var operator = new InstalledOperator()) {
            operator.restart("METRICS_PER_MIGRATOR", "false");
        }
    }

    @Test
    void every_alert_is_brought_about_here() throws IOException {
        var here =
                Files.readString(Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"));
        assertThat(prometheus.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(here)
                        .contains("awaitFiring(\"" + rule + "\"")
                        .contains("awaitResolved(\"" + rule + "\""));
    }

    @Test
    @ResourceLock(value = OPERATOR, mode = READ)
    void a_failed_migration(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "exit 1", "job: {backoffLimit: 0}"), deployment("web", "app:v1", 1));

        // Then
        var alert = prometheus.awaitFiring("MigrationFailed", namespace);
        isAboutWebIn(namespace, alert, "critical");
        assertThat(alert.annotations().get("summary"))
                .isEqualTo("Migrator " + namespace.name() + "/web: the migration has failed");

        // When
        namespace.apply(migrator("web", "web", "exit 0", "job: {backoffLimit: 0}"));

        // Then
        prometheus.awaitResolved("MigrationFailed", namespace);
    }

    @Test
    @ResourceLock(value = OPERATOR, mode = READ)
    void a_migrator_that_fits_no_workload(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "exit 0", "container: another"), deployment("web", "app:v1", 1));

        // Then
        isAboutWebIn(namespace, prometheus.awaitFiring("MigratorInvalid", namespace), "warning");

        // When
        namespace.apply(migrator("web", "web", "exit 0", "container: main"));

        // Then
        prometheus.awaitResolved("MigratorInvalid", namespace);
    }

    @Test
    @ResourceLock(value = OPERATOR, mode = READ)
    void a_long_migration_and_pods_that_wait_for_it(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 1));

        // Then
        isAboutWebIn(namespace, prometheus.awaitFiring("MigrationRunsTooLong", namespace), "warning");
        isAboutWebIn(namespace, prometheus.awaitFiring("MigrationPodsWaitTooLong", namespace), "warning");

        // When
        namespace.endMigrations();

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        prometheus.awaitResolved("MigrationRunsTooLong", namespace);
        prometheus.awaitResolved("MigrationPodsWaitTooLong", namespace);
    }

    @Test
    @ResourceLock(value = OPERATOR, mode = READ)
    void an_approval_that_nobody_gives(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "exit 0", "approval: Required"), deployment("web", "app:v1", 1));

        // Then
        isAboutWebIn(namespace, prometheus.awaitFiring("MigrationApprovalPending", namespace), "info");

        // When
        var pending = Objects.requireNonNull(namespace.status("web").pendingApproval());
        namespace.annotate("web", "approve", pending.value());

        // Then
        prometheus.awaitResolved("MigrationApprovalPending", namespace);
    }

    @Test
    @ResourceLock(value = OPERATOR, mode = READ)
    void pods_that_run_although_their_revision_is_not_migrated(TestNamespace namespace) {
        // Given
        namespace.apply(deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);

        // When
        namespace.apply(migrator("web", "web", UNTIL_TOLD));

        // Then
        isAboutWebIn(namespace, prometheus.awaitFiring("MigrationPodsUngated", namespace), "warning");

        // When
        namespace.endMigrations();

        // Then
        namespace.awaitReady("web", "app:v1");
        prometheus.awaitResolved("MigrationPodsUngated", namespace);
    }

    @Test
    @ResourceLock(OPERATOR)
    void passes_that_fail(TestNamespace namespace) {
        try (var operator = new InstalledOperator()) {
            // Given
            prometheus.awaitResolved("MigrationsReconcileErrors", namespace);

            // When
            operator.mayNotTouch("migrators/status");
            namespace.apply(
                    migrator("a", "web", "exit 0"),
                    migrator("b", "web", "exit 0"),
                    migrator("c", "web", "exit 0"),
                    deployment("web", "app:v1", 1));

            // Then
            isAboutTheOperator(prometheus.awaitFiring("MigrationsReconcileErrors", namespace), "warning");

            // When
            operator.mayAgain();

            // Then
            namespace.awaitRunning("web", "app:v1", 1);
            prometheus.awaitResolved("MigrationsReconcileErrors", namespace);
        }
    }

    @Test
    @ResourceLock(OPERATOR)
    void a_webhook_that_cannot_be_registered(TestNamespace namespace) {
        try (var operator = new InstalledOperator()) {
            // Given
            prometheus.awaitResolved("MigrationsWebhookNotRegistered", namespace);

            // When
            operator.mayNotTouch("mutatingwebhookconfigurations");
            namespace.apply(migrator("web", "web", "exit 0"));

            // Then
            isAboutTheOperator(prometheus.awaitFiring("MigrationsWebhookNotRegistered", namespace), "critical");

            // When
            operator.mayAgain();

            // Then
            prometheus.awaitResolved("MigrationsWebhookNotRegistered", namespace);
        }
    }

    @Test
    @ResourceLock(OPERATOR)
    void no_replica_leads(TestNamespace namespace) {
        try (var operator = new InstalledOperator()) {
            // Given
            prometheus.awaitResolved("MigrationsOperatorWithoutLeader", namespace);

            // When
            Awaitility.await()
                    .atMost(TestNamespace.PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        operator.lease("somebody-else");
                        assertThat(prometheus.fires("MigrationsOperatorWithoutLeader"))
                                .isTrue();
                    });

            // Then
            isAboutTheOperator(prometheus.awaitFiring("MigrationsOperatorWithoutLeader", namespace), "critical");

            // When
            operator.lease(null);

            // Then
            prometheus.awaitResolved("MigrationsOperatorWithoutLeader", namespace);
        }
    }

    @Test
    @ResourceLock(OPERATOR)
    void the_operator_is_away_and_comes_back_with_a_certificate_that_is_about_to_expire(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "exit 0"), deployment("web", "app:v1", 1));
        namespace.awaitReady("web", "app:v1");
        prometheus.awaitResolved("MigrationsOperatorDown", namespace);
        prometheus.awaitResolved("MigrationsWebhookFails", namespace);
        prometheus.awaitResolved("MigrationsWebhookCertificateExpires", namespace);
        try (var operator = new InstalledOperator()) {
            // When
            operator.scale(0);

            // Then
            isAboutTheOperator(prometheus.awaitFiring("MigrationsOperatorDown", namespace), "critical");

            // When
            awaitFiringWhileRefused(namespace);

            // Then
            isAboutTheOperator(prometheus.awaitFiring("MigrationsWebhookFails", namespace), "critical");

            // When
            operator.certificateOfAnotherTool(Duration.ofHours(12));
            operator.scale(2);

            // Then
            prometheus.awaitResolved("MigrationsOperatorDown", namespace);
            isAboutTheOperator(prometheus.awaitFiring("MigrationsWebhookCertificateExpires", namespace), "warning");

            // When
            operator.scale(0);
            operator.ownCertificate();
            operator.scale(2);

            // Then
            prometheus.awaitResolved("MigrationsWebhookCertificateExpires", namespace);
            prometheus.awaitResolved("MigrationsWebhookFails", namespace);
        }
    }

    /** Tries a change of the Migrator again and again, as a controller would. */
    private static void awaitFiringWhileRefused(TestNamespace namespace) {
        var once = new ConfigBuilder().withRequestRetryBackoffLimit(0).build();
        try (var user = new KubernetesClientBuilder().withConfig(once).build()) {
            var change =
                    user.resources(Migrator.class).inNamespace(namespace.name()).withName("web");
            Awaitility.await()
                    .atMost(TestNamespace.PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> {
                        assertThatThrownBy(() -> change.patch(
                                        PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"suspend\": true}}"))
                                .hasMessageContaining("failed calling webhook");
                        assertThat(prometheus.fires("MigrationsWebhookFails")).isTrue();
                    });
        }
    }

    private static void isAboutWebIn(TestNamespace namespace, Alert alert, String severity) {
        assertThat(alert.labels())
                .containsEntry("namespace", namespace.name())
                .containsEntry("migrator", "web")
                .containsEntry("severity", severity)
                .doesNotContainKeys("pod", "instance");
        assertThat(alert.annotations().get("summary")).startsWith("Migrator " + namespace.name() + "/web");
    }

    private static void isAboutTheOperator(Alert alert, String severity) {
        assertThat(alert.labels())
                .containsEntry("severity", severity)
                .doesNotContainKeys("namespace", "migrator", "pod", "instance");
        assertThat(alert.annotations().get("description")).contains("docs/how-to/alerts.md#");
    }
}
