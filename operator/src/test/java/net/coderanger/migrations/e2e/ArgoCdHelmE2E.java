package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.e2e.ArgoCdApplication.Delivery;
import net.coderanger.migrations.e2e.ArgoCdApplication.Seen;
import net.coderanger.migrations.helm.Helm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The charts, delivered by a real Argo CD. */
@EndToEnd
@Isolated
@Tag("argocd")
class ArgoCdHelmE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(5);
    private static final Path CHARTS = Path.of("..", "helm");
    private static final Path EXAMPLE = Path.of("..", "examples", "helm");

    @ParameterizedTest
    @CsvSource({"ServerSideApply=false, false", "ServerSideApply=true, true"})
    void the_operators_chart_is_installed_upgraded_and_deleted_and_nothing_of_it_drifts(
            String syncOption, boolean takenOver, TestNamespace namespace) throws IOException {
        // Given
        try (var release = OperatorRelease.asInstalled();
                var older = OperatorRelease.older();
                var repository = new ArgoCdRepository(namespace.client(), namespace.name())) {
            if (!takenOver) {
                release.uninstall(Helm.HELM_4);
            }
            var folder = "helm/" + OperatorRelease.NAME;
            var helm = ", helm: {releaseName: %s, valuesObject: %s}".formatted(OperatorRelease.NAME, release.values());
            repository.copy(older.chart(), folder);

            // When
            try (var application = ArgoCdApplication.of(
                    namespace, repository, new Delivery(folder, helm, OperatorRelease.NAME), List.of(syncOption))) {
                application.await(application.head(), "Healthy");
                release.forget();
                assertThat(release.columns()).contains("Phase").doesNotContain("Step");
                namespace.apply(migrator("web", "web", "sleep 20"), deployment("web", "app:v1", 1));
                namespace.await(
                        () -> assertThat(namespace.recorder().migrations()).hasSize(1));
                repository.copy(OperatorRelease.CHART, folder);
                application.commit("upgrade");
                application.await(application.head(), "Healthy");
                var upgraded = application.mark();

                // Then
                assertThat(release.columns()).contains("Phase", "Step");
                namespace.awaitRunning("web", "app:v1", 1);
                namespace.awaitOneMigrationBefore("app:v1");

                // When
                application.refreshAll();

                // Then
                namespace.stays(
                        A_WHILE,
                        () -> assertThat(application.since(upgraded, Seen::sync))
                                .isSubsetOf("Synced"));
                assertThat(application.now().health()).isEqualTo("Healthy");
                assertThat(application.unlikeGit()).isEmpty();

                // When
                application.deleteWithAll();

                // Then
                namespace.await(() -> assertThat(release.webhooks()).isEmpty());
                assertThat(namespace.status("web").history()).hasSize(1);
                namespace.apply(deployment("other", "app:v2", 1));
                namespace.awaitRunning("other", "app:v2", 1);
            }
        }
    }

    @Test
    void an_applications_chart_is_synced_with_the_migrators_chart_on_which_it_depends(TestNamespace namespace)
            throws IOException {
        // Given
        var shop = Shop.in(namespace);
        try (var repository = new ArgoCdRepository(namespace.client(), namespace.name())) {
            repository.copy(CHARTS.resolve("migrator"), "helm/migrator");
            repository.copy(EXAMPLE, "examples/helm");
            write(repository, "v1");
            var delivery = new Delivery("examples/helm", ", helm: {valueFiles: [version.yaml]}", namespace.name());

            // When
            try (var application = ArgoCdApplication.of(namespace, repository, delivery, List.of())) {
                application.await(application.head(), "Healthy");
                write(repository, "v2");
                application.commit("v2");
                application.await(application.head(), "Healthy");

                // Then
                namespace.awaitOneMigrationBefore(Shop.V1);
                namespace.awaitOneMigrationBefore(Shop.V2);
                assertThat(shop.columns("products")).contains("currency");
                assertThat(application.resources()).anyMatch(resource -> resource.startsWith("Migrator/"));

                // When
                var v2 = application.mark();
                application.refreshAll();

                // Then
                namespace.stays(
                        A_WHILE,
                        () -> assertThat(application.since(v2, Seen::sync)).isSubsetOf("Synced"));
                assertThat(application.unlikeGit()).isEmpty();

                // When
                write(repository, "v3");
                application.commit("v3");

                // Then
                application.await(application.head(), "Degraded");
                namespace.await(() -> assertThat(application.now().message()).contains(Shop.V3));
                assertThat(namespace.recorder().applications(Shop.V3)).isEmpty();
            }
        }
    }

    @Test
    void argo_cd_takes_the_pages_application(TestNamespace namespace) {
        var page = Page.named("../argo-cd").yaml("path: helm/" + OperatorRelease.NAME);

        assertThat(namespace
                        .client()
                        .resource(page.replace("VERSION", "main"))
                        .dryRun()
                        .create()
                        .getKind())
                .isEqualTo("Application");
    }

    private static void write(ArgoCdRepository repository, String tag) {
        repository.write("examples/helm/version.yaml", """
                image: {tag: %s}
                migrator: {spec: {job: {backoffLimit: 0}}}
                """.formatted(tag));
    }
}
