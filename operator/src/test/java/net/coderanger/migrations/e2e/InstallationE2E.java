package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.Manifests.replicaSetOf;
import static net.coderanger.migrations.e2e.Manifests.template;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.helm.Helm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator's release is tested, upgraded, uninstalled and installed again, while migrations run and pods wait. */
@EndToEnd
@Isolated
class InstallationE2E {

    private static final String RELEASE = OperatorRelease.NAME;
    private static final Map<String, String> ENFORCED = Map.of("pod-security.kubernetes.io/enforce", "restricted");

    private OperatorRelease release;

    @BeforeEach
    void asItIsInstalled() throws IOException {
        release = OperatorRelease.asInstalled();
    }

    @AfterEach
    void back(TestNamespace namespace) throws IOException {
        namespace.client().namespaces().withName(RELEASE).edit(own -> {
            own.getMetadata().getLabels().keySet().removeAll(ENFORCED.keySet());
            return own;
        });
        release.close();
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void helm_test_runs_a_migration_and_leaves_nothing(Helm helm, TestNamespace namespace) {
        // When
        var result = release.run(helm, "test", RELEASE, "--timeout", "3m");

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
    void an_upgrade_and_a_rollback_disturb_no_migration(Helm helm, TestNamespace namespace) throws IOException {
        // Given
        try (var older = OperatorRelease.older()) {
            release.install(helm, older.chart());
        }
        assertThat(release.columns()).contains("Phase").doesNotContain("Step");
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 2));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        namespace.awaitWaiting("web", 2);

        // When
        release.install(helm, "--set", "podAnnotations.upgraded-by=" + helm.name());
        assertThat(release.columns()).contains("Phase", "Step");
        release.run(helm, "rollback", RELEASE, "--wait", "--timeout", "3m").succeeded();
        assertThat(release.columns()).contains("Phase").doesNotContain("Step");
        namespace.endMigrations();

        // Then
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void what_waits_while_there_is_no_operator_is_released_by_the_next(Helm helm, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        namespace.awaitWaiting("web", 1);

        // When
        release.uninstall(helm);

        // Then nothing is refused or held any more, what was held is held on, and what people wrote is still there
        namespace.await(() -> assertThat(release.webhooks()).isEmpty());
        namespace.apply(deployment("other", "app:v2", 1));
        namespace.awaitRunning("other", "app:v2", 1);
        namespace.endMigrations();
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
        release.install(helm);

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history()).hasSize(1);
        release.run(helm, "test", RELEASE, "--timeout", "3m").succeeded();
    }

    @ParameterizedTest
    @EnumSource(value = Helm.class, names = "HELM_4")
    void what_is_left_behind_is_taken_away_as_the_page_says(Helm helm, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD, "gate: SchedulingGate"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        release.uninstall(helm);
        namespace.await(() -> assertThat(release.webhooks()).isEmpty());

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
            release.install(Helm.HELM_4, "--set", "watchNamespaces={" + namespace.name() + "," + second.name() + "}");
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
            assertThat(release.run(Helm.HELM_4, "test", RELEASE, "--timeout", "3m")
                            .succeeded())
                    .contains("Succeeded");

            // When one of them goes, and with it the rights there
            second.client().namespaces().withName(second.name()).delete();
            namespace.await(() ->
                    assertThat(operator.may("list", "pods", second.name())).isFalse());
            operator.scale(0);
            operator.scale(2);
            namespace.apply(deployment("web", "app:v2", 1));

            // Then
            namespace.awaitRunning("web", "app:v2", 1);
            namespace.awaitOneMigrationBefore("app:v2");

            // When it is there again, and the release is brought up to date as the page says
            try (var again = second.again()) {
                release.install(
                        Helm.HELM_4, "--set", "watchNamespaces={" + namespace.name() + "," + second.name() + "}");
                again.apply(migrator("web", "web", "sleep 2"), deployment("web", "app:v3", 1));

                // Then
                again.awaitRunning("web", "app:v3", 1);
                again.awaitOneMigrationBefore("app:v3");
            }

            // When all are watched again
            release.install(Helm.HELM_4);
            third.apply(deployment("web", "app:v2", 1));

            // Then nothing of what is new there starts before its migration, from that moment on
            third.awaitRunning("web", "app:v2", 1);
            third.awaitOneMigrationBefore("app:v2");
        }
    }

    @Test
    void a_kind_of_workload_that_nobody_knows_can_be_named(TestNamespace namespace) {
        // Given
        namespace.apply("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: fleets.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {kind: Fleet, plural: fleets, singular: fleet}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        var kind = namespace
                .client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("fleets.example.com");
        kind.waitUntilCondition(
                crd -> crd.getStatus() != null
                        && crd.getStatus().getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Established")
                                        && condition.getStatus().equals("True")),
                30,
                TimeUnit.SECONDS);
        namespace.apply(fleet("app:v2"));
        var fleet = namespace.generic("example.com/v1", "Fleet", "web").orElseThrow();

        // When
        release.install(
                Helm.HELM_4,
                "--set",
                "extraWorkloadKinds[0].apiGroups={example.com},extraWorkloadKinds[0].resources={fleets}");
        namespace.apply(migrator("web", "web", "sleep 1"), replicaSetOf(fleet, "app:v1"));

        // Then what the Fleet says is run, not what its ReplicaSet still says
        namespace.await(() -> assertThat(namespace.status("web").history())
                .anySatisfy(entry -> assertThat(entry)
                        .returns("app:v2", HistoryEntry::revision)
                        .returns("Fleet/web", HistoryEntry::workload)));
        kind.delete();
    }

    private static String fleet(String image) {
        return """
                apiVersion: example.com/v1
                kind: Fleet
                metadata: {name: web}
                spec:
                %s
                """.formatted(template("web", image).indent(2));
    }
}
