package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.ArgoCdE2E.LATER_WAVE;
import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.e2e.ArgoCdApplication.Delivery;
import net.coderanger.migrations.e2e.ArgoCdApplication.Seen;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a Migrator gets along with what Argo CD's syncs can do. */
@EndToEnd
@Tag("argocd")
class ArgoCdSyncE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(strings = {"ServerSideApply=false", "ServerSideApply=true"})
    void nothing_that_the_operator_writes_is_drift_and_nothing_of_it_is_pruned(
            String syncOption, TestNamespace namespace) {
        // Given
        var manifest = migrator(
                "web", "web", "sleep 2", "retention: Always\nbefore: [{name: plan, command: [sh, -c, 'sleep 1']}]");
        try (var application = ArgoCdApplication.automatedWith(
                namespace, List.of(syncOption), manifest, deployment("web", "app:v1", 2))) {
            application.await(application.head(), "Healthy");
            application.commit("v2", manifest, deployment("web", "app:v2", 2));
            application.await(application.head(), "Healthy");
            var mark = application.mark();

            // When: what people and the operator set on it besides Git
            namespace.annotate("web", "run", "1");
            namespace.await(() -> assertThat(namespace.status("web").history()).hasSize(3));
            namespace.await(() -> assertThat(namespace.status("web").phase()).isEqualTo(Phase.Migrated));
            application.refresh();

            // Then
            namespace.stays(
                    A_WHILE,
                    () -> assertThat(application.since(mark, Seen::sync)).isSubsetOf("Synced"));
            assertThat(application.now().health()).isEqualTo("Healthy");
            assertThat(namespace.jobs()).isNotEmpty();
            assertThat(namespace.migrator("web").getMetadata().getAnnotations())
                    .containsKey("migrations.coderanger.net/run-by");
            assertThat(application.resources()).containsExactlyInAnyOrder("Migrator/web", "Deployment/web");

            // When: something that is drift, to see that it would have been told and healed
            var deployment = namespace
                    .client()
                    .apps()
                    .deployments()
                    .inNamespace(namespace.name())
                    .withName("web");
            deployment.scale(1);

            // Then
            namespace.await(
                    () -> assertThat(application.since(mark, Seen::sync)).contains("OutOfSync"));
            namespace.await(
                    () -> assertThat(deployment.get().getSpec().getReplicas()).isEqualTo(2));
        }
    }

    @Test
    @DisplayName("Replace=true takes away what people have asked for, but nothing is migrated again")
    void replace_forgets_no_migration(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "sleep 1");
        try (var application = ArgoCdApplication.automatedWith(
                namespace, List.of("Replace=true"), manifest, deployment("web", "app:v1", 1))) {
            application.await(application.head(), "Healthy");
            namespace.annotate("web", "run", "1");
            namespace.await(() -> assertThat(namespace.status("web").history()).hasSize(2));

            // When
            application.commit("v2", manifest, deployment("web", "app:v2", 1));
            application.await(application.head(), "Healthy");

            // Then
            namespace.awaitOneMigrationBefore("app:v2");
            assertThat(namespace.status("web").history()).hasSize(3);
            assertThat(namespace.recorder().migrations()).hasSize(3);
            assertThat(namespace.migrator("web").getMetadata().getAnnotations())
                    .doesNotContainKey("migrations.coderanger.net/run");
        }
    }

    @Test
    void the_button_rollback_goes_back_without_a_migration(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "sleep 1");
        try (var application = ArgoCdApplication.manual(namespace, manifest, deployment("web", "app:v1", 1))) {
            application.sync();
            application.await(application.head(), "Healthy");
            application.commit("v2", manifest, deployment("web", "app:v2", 1));
            application.sync();
            application.await(application.head(), "Healthy");
            namespace.awaitOneMigrationBefore("app:v2");

            // When
            application.rollBackToFirst();

            // Then
            namespace.await(() -> assertThat(application.now())
                    .returns("OutOfSync", Seen::sync)
                    .returns("Healthy", Seen::health)
                    .returns("app:v1 is migrated", seen -> seen.message().replaceFirst(" \\(.*", "")));
            namespace.awaitRunning("web", "app:v1", 1);
            assertThat(namespace.recorder().migrations()).hasSize(2);
        }
    }

    /** Two waves: Argo CD goes on to the second at once, for nothing is due in the first, and waits in the second. */
    @Test
    void in_an_earlier_wave_the_migrator_lets_the_workload_come_and_the_next_wave_waits(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", UNTIL_TOLD)
                .replaceFirst(
                        "metadata: \\{name: web",
                        "metadata: {annotations: {argocd.argoproj.io/sync-wave: '-1'}, name: web");
        assertThat(manifest).contains("sync-wave");

        // When
        try (var application =
                ArgoCdApplication.automated(namespace, manifest, deployment("web", "app:v1", 1), LATER_WAVE)) {
            namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

            // Then
            assertThat(laterWave(namespace)).as("while the migration runs").isFalse();
            namespace.endMigrations();
            application.await(application.head(), "Healthy");
            namespace.awaitOneMigrationBefore("app:v1");
            assertThat(laterWave(namespace)).isTrue();
        }
    }

    @Test
    @DisplayName("app of apps: a wave of the parent waits for the migration of an Application in an earlier one")
    void an_application_in_a_later_wave_waits_for_the_migration_of_another(TestNamespace namespace) {
        // Given
        try (var repository = new ArgoCdRepository(namespace.client(), namespace.name())) {
            repository.write("apps/shop.yaml", child(namespace, "shop", 0));
            repository.write("apps/later.yaml", child(namespace, "later", 1));
            repository.write("shop/shop.yaml", migrator("web", "web", UNTIL_TOLD) + "---\n" + firstDeployment());
            repository.write("later/later.yaml", LATER_WAVE);

            // When
            try (var parent = ArgoCdApplication.of(
                    namespace, repository, new Delivery("apps", "", ArgoCd.NAMESPACE), List.of())) {
                namespace.await(
                        () -> assertThat(namespace.recorder().migrations()).hasSize(1));

                // Then
                assertThat(laterWave(namespace)).as("while the migration runs").isFalse();
                namespace.await(() -> assertThat(parent.now().health()).isEqualTo("Progressing"));
                namespace.endMigrations();
                parent.await(parent.head(), "Healthy");
                namespace.awaitOneMigrationBefore("app:v1");
                namespace.await(() -> assertThat(laterWave(namespace)).isTrue());
                assertThat(parent.resources())
                        .containsExactlyInAnyOrder(
                                "Application/" + namespace.name() + "-shop",
                                "Application/" + namespace.name() + "-later");
                parent.deleteWithAll();
            }
        }
    }

    private static String child(TestNamespace namespace, String name, int wave) {
        return """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata:
                  name: %1$s-%2$s
                  namespace: argocd
                  annotations: {argocd.argoproj.io/sync-wave: "%3$d"}
                  finalizers: [resources-finalizer.argocd.argoproj.io]
                spec:
                  project: default
                  source: {repoURL: "%4$s", targetRevision: %1$s, path: %2$s}
                  destination: {server: "https://kubernetes.default.svc", namespace: %1$s}
                  syncPolicy: {automated: {prune: true, selfHeal: true}}
                """.formatted(namespace.name(), name, wave, ArgoCdRepository.URL);
    }

    @Test
    @DisplayName("ApplicationSet per tenant: each has its own migration, and one that fails holds up no other")
    void each_tenant_of_an_application_set_is_migrated_by_itself(TestNamespace namespace) {
        // Given
        try (var repository = new ArgoCdRepository(namespace.client(), namespace.name());
                var one = TestNamespace.create("tenant-one");
                var two = TestNamespace.create("tenant-two");
                var argo = ArgoCd.admin(namespace.client())) {
            repository.write("tenant.yaml", migrator("web", "web", "exit $RESULT", """
                            job:
                              backoffLimit: 0
                              env:
                              - {name: RESULT, valueFrom: {configMapKeyRef: {name: tenant, key: result}}}
                            """) + "---\n" + firstDeployment());
            repository.commit("v1");
            one.apply(tenant(0));
            two.apply(tenant(1));

            // When
            namespace
                    .client()
                    .load(new ByteArrayInputStream(
                            applicationSet(namespace, one, two).getBytes(StandardCharsets.UTF_8)))
                    .serverSideApply();

            // Then
            one.awaitRunning("web", "app:v1", 1);
            one.awaitOneMigrationBefore("app:v1");
            namespace.await(() -> assertThat(health(argo, one)).isEqualTo("Healthy"));
            two.awaitStalled("web");
            namespace.await(() -> assertThat(health(argo, two)).isEqualTo("Degraded"));
            assertThat(two.running("web")).isEmpty();
            assertThat(two.status("web").history().getFirst().outcome()).isEqualTo(Outcome.Failed);

            namespace
                    .client()
                    .genericKubernetesResources("argoproj.io/v1alpha1", "ApplicationSet")
                    .inNamespace(ArgoCd.NAMESPACE)
                    .withName(namespace.name())
                    .delete();
        }
    }

    /** Argo CD applies kinds that it does not know last: the pods are there before their Migrator is. */
    private static String firstDeployment() {
        return deployment("web", "app:v1", 1, "{migrations.coderanger.net/wait-for: web}");
    }

    private static String tenant(int result) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: tenant}
                data: {result: "%d"}
                """.formatted(result);
    }

    private static String applicationSet(TestNamespace namespace, TestNamespace one, TestNamespace two) {
        return """
                apiVersion: argoproj.io/v1alpha1
                kind: ApplicationSet
                metadata: {name: %1$s, namespace: argocd}
                spec:
                  goTemplate: true
                  generators:
                  - list: {elements: [{tenant: %2$s}, {tenant: %3$s}]}
                  template:
                    metadata: {name: '{{.tenant}}'}
                    spec:
                      project: default
                      source: {repoURL: "%4$s", targetRevision: %1$s, path: .}
                      destination: {server: "https://kubernetes.default.svc", namespace: '{{.tenant}}'}
                      syncPolicy: {automated: {prune: true, selfHeal: true}}
                """.formatted(namespace.name(), one.name(), two.name(), ArgoCdRepository.URL);
    }

    private static String health(ArgoCd argo, TestNamespace tenant) {
        return argo.get("/api/v1/applications/" + tenant.name())
                .body()
                .at("/status/health/status")
                .asText();
    }

    private static boolean laterWave(TestNamespace namespace) {
        return namespace
                        .client()
                        .configMaps()
                        .inNamespace(namespace.name())
                        .withName("later")
                        .get()
                != null;
    }
}
