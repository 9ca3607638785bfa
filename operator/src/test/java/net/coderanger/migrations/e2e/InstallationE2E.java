package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.helm.Helm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator's release is tested, upgraded, uninstalled and installed again, while migrations run and pods wait. */
@EndToEnd
@Isolated
class InstallationE2E {

    private static final String RELEASE = "migrations-operator";
    private static final String CHART =
            Path.of("..", "helm", "migrations-operator").toString();
    private static final Map<String, String> ENFORCED = Map.of("pod-security.kubernetes.io/enforce", "restricted");

    private Path values;

    @BeforeEach
    void asItIsInstalled(@TempDir Path folder) throws IOException {
        values = folder.resolve("values.json");
        Files.writeString(
                values,
                inNamespace(Helm.HELM_4, "get", "values", RELEASE, "--output", "json")
                        .succeeded());
    }

    @AfterEach
    void back(TestNamespace namespace) {
        namespace.client().namespaces().withName(RELEASE).edit(own -> {
            own.getMetadata().getLabels().keySet().removeAll(ENFORCED.keySet());
            return own;
        });
        install(Helm.HELM_4);
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void helm_test_runs_a_migration_and_leaves_nothing(Helm helm, TestNamespace namespace) {
        // When
        var result = inNamespace(helm, "test", RELEASE, "--timeout", "3m");

        // Then
        assertThat(result.succeeded()).containsPattern("Phase: +Succeeded");
        assertThat(namespace
                        .client()
                        .resources(Migrator.class)
                        .inNamespace(RELEASE)
                        .list()
                        .getItems())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void an_upgrade_and_a_rollback_disturb_no_migration(Helm helm, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 30"), deployment("web", "app:v1", 2));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        namespace.awaitWaiting("web", 2);

        // When
        install(helm, "--set", "podAnnotations.upgraded-by=" + helm.name());
        inNamespace(helm, "rollback", RELEASE, "--wait", "--timeout", "3m").succeeded();

        // Then
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void what_waits_while_there_is_no_operator_is_released_by_the_next(Helm helm, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 10"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        namespace.awaitWaiting("web", 1);

        // When
        inNamespace(helm, "uninstall", RELEASE, "--wait", "--timeout", "3m").succeeded();

        // Then nothing is refused or held any more, what was held is held on, and what people wrote is still there
        namespace.await(() -> assertThat(webhooks(namespace)).isEmpty());
        namespace.apply(deployment("other", "app:v2", 1));
        namespace.awaitRunning("other", "app:v2", 1);
        namespace.await(
                () -> assertThat(namespace.recorder().migrations().getFirst().finishedAt())
                        .isPresent());
        namespace.stays(
                Duration.ofSeconds(3),
                () -> assertThat(namespace.running("web")).isEmpty());
        assertThat(namespace.migrator("web").getSpec().command()).isNotEmpty();

        // When; the operator's own pods and those of its test are no exception where Pod Security is enforced
        namespace.client().namespaces().withName(RELEASE).edit(own -> {
            own.getMetadata().getLabels().putAll(ENFORCED);
            return own;
        });
        install(helm);

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history()).hasSize(1);
        inNamespace(helm, "test", RELEASE, "--timeout", "3m").succeeded();
    }

    @ParameterizedTest
    @EnumSource(value = Helm.class, names = "HELM_4")
    void what_is_left_behind_is_taken_away_as_the_page_says(Helm helm, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 60", "gate: SchedulingGate"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        inNamespace(helm, "uninstall", RELEASE, "--wait", "--timeout", "3m").succeeded();
        namespace.await(() -> assertThat(webhooks(namespace)).isEmpty());

        // When a gate is lifted by hand
        var pod = namespace.client().resource(namespace.pods("web").getFirst());
        pod.patch(PatchContext.of(PatchType.JSON), "[{\"op\": \"remove\", \"path\": \"/spec/schedulingGates\"}]");

        // Then
        namespace.awaitRunning("web", "app:v1", 1);

        // When a Job's finalizer is taken off
        var job = namespace.jobs().getFirst();
        namespace.client().resource(job).delete();
        namespace.stays(
                Duration.ofSeconds(2), () -> assertThat(namespace.jobs()).hasSize(1));
        namespace
                .client()
                .resource(job)
                .patch(PatchContext.of(PatchType.JSON), "[{\"op\": \"remove\", \"path\": \"/metadata/finalizers\"}]");

        // Then
        namespace.await(
                () -> assertThat(namespace.jobs()).extracting(Job::getStatus).isEmpty());
    }

    @Test
    void only_listed_namespaces_are_watched(TestNamespace namespace) {
        try (var second = TestNamespace.create("second");
                var third = TestNamespace.create("third");
                var operator = new InstalledOperator()) {
            // When
            install(Helm.HELM_4, "--set", "watchNamespaces={" + namespace.name() + "," + second.name() + "}");
            for (var each : List.of(namespace, second, third)) {
                each.apply(
                        migrator("web", "web", "sleep 2"),
                        deployment("web", "app:v1", 1, "{migrations.coderanger.net/required: 'true'}"));
            }

            // Then
            for (var watched : List.of(namespace, second)) {
                watched.awaitRunning("web", "app:v1", 1);
                watched.awaitOneMigrationBefore("app:v1");
            }
            third.awaitRunning("web", "app:v1", 1);
            assertThat(third.recorder().migrations()).isEmpty();
            assertThat(third.recorder().waiters()).isEmpty();
            assertThat(third.migrator("web").getStatus()).isNull();
            assertThat(operator.may("list", "pods", namespace.name())).isTrue();
            assertThat(operator.may("list", "pods", third.name())).isFalse();
            assertThat(operator.may("list", "pods", "")).isFalse();
            assertThat(operator.may("get", "secrets", third.name())).isFalse();
            namespace.await(() -> assertThat(operator.log()).contains("Started"));
            assertThat(operator.log()).doesNotContain("forbidden");
            assertThat(inNamespace(Helm.HELM_4, "test", RELEASE, "--timeout", "3m")
                            .succeeded())
                    .contains("Succeeded");

            // When one of them goes, and with it the rights there
            second.client().namespaces().withName(second.name()).delete();
            namespace.await(() ->
                    assertThat(operator.may("list", "pods", second.name())).isFalse());
            operator.kill();
            operator.scale(2);
            namespace.apply(deployment("web", "app:v2", 1));

            // Then
            namespace.awaitRunning("web", "app:v2", 1);
            namespace.awaitOneMigrationBefore("app:v2");

            // When all are watched again
            install(Helm.HELM_4);
            third.apply(deployment("web", "app:v2", 1));

            // Then nothing of what is new there starts before its migration, from that moment on
            third.awaitRunning("web", "app:v2", 1);
            third.awaitOneMigrationBefore("app:v2");
        }
    }

    private void install(Helm helm, String... options) {
        var arguments = new ArrayList<>(List.of(
                "upgrade", "--install", RELEASE, CHART, "--values", values.toString(), "--wait", "--timeout", "3m"));
        arguments.addAll(List.of(options));
        inNamespace(helm, arguments.toArray(String[]::new)).succeeded();
    }

    private static Helm.Result inNamespace(Helm helm, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--namespace", RELEASE));
        return helm.run(all.toArray(String[]::new));
    }

    private static List<String> webhooks(TestNamespace namespace) {
        var webhooks = new ArrayList<String>();
        var admission = namespace.client().admissionRegistration().v1();
        admission.mutatingWebhookConfigurations().list().getItems().stream()
                .map(configuration -> configuration.getMetadata().getName())
                .filter(RELEASE::equals)
                .forEach(webhooks::add);
        admission.validatingWebhookConfigurations().list().getItems().stream()
                .map(configuration -> configuration.getMetadata().getName())
                .filter(RELEASE::equals)
                .forEach(webhooks::add);
        return webhooks;
    }
}
