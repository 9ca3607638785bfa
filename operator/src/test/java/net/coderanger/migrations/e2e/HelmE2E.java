package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.helm.ChartCopy;
import net.coderanger.migrations.helm.Helm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page about Helm: the example's chart, which depends on the chart for applications, with each Helm. */
@EndToEnd
class HelmE2E {

    private static final Path EXAMPLE = Path.of("..", "examples", "helm");

    @ParameterizedTest
    @EnumSource(Helm.class)
    void wait_returns_when_the_new_version_runs_and_fails_when_its_migration_does(Helm helm, TestNamespace namespace)
            throws IOException {
        // Given
        Shop.in(namespace);
        try (var copy = ChartCopy.of(EXAMPLE)) {
            helm.run("dependency", "update", copy.chart().toString()).succeeded();

            // When, for the first time and for a new version
            upgrade(helm, namespace, copy, "v1", "5m").succeeded();
            var first = versions(namespace);
            upgrade(helm, namespace, copy, "v2", "5m").succeeded();
            assertThat(versions(namespace))
                    .as("before the old pods are gone, too")
                    .contains(Shop.V2);
            namespace.await(() -> assertThat(versions(namespace)).containsExactly(Shop.V2, Shop.V2));

            // Then, without any more waiting
            assertThat(first).containsExactly(Shop.V1, Shop.V1);
            assertThat(namespace.status("shop").desiredRevision()).isEqualTo(Shop.V2);
            namespace.awaitOneMigrationBefore(Shop.V1);
            namespace.awaitOneMigrationBefore(Shop.V2);

            // When its migration fails
            var failed = upgrade(helm, namespace, copy, "v3", "30s");

            // Then
            assertThat(failed.exitCode()).as(failed.output()).isNotZero();
            assertThat(namespace.recorder().applications(Shop.V3)).isEmpty();
            assertThat(versions(namespace)).contains(Shop.V2).doesNotContain(Shop.V3);
            namespace.awaitStalled("shop");
            var generation = generation(namespace);

            // When
            helm.run("rollback", "shop", "2", "--namespace", namespace.name(), "--wait", "--timeout", "5m")
                    .succeeded();

            // Then
            assertThat(versions(namespace)).containsExactly(Shop.V2, Shop.V2);
            assertThat(generation(namespace))
                    .as("a delivery of its own: --wait cannot take the failure of the one before for it")
                    .isGreaterThan(generation);
            assertThat(namespace.status("shop").history())
                    .extracting(HistoryEntry::outcome)
                    .containsExactly(Outcome.Failed, Outcome.Succeeded, Outcome.Succeeded);
        }
    }

    private static Helm.Result upgrade(
            Helm helm, TestNamespace namespace, ChartCopy chart, String tag, String timeout) {
        return helm.run(
                "upgrade",
                "--install",
                "shop",
                chart.chart().toString(),
                "--namespace",
                namespace.name(),
                "--set",
                "image.tag=" + tag,
                "--set",
                "migrator.spec.job.backoffLimit=0",
                "--wait",
                "--timeout",
                timeout);
    }

    private static long generation(TestNamespace namespace) {
        return namespace.migrator("shop").getMetadata().getGeneration();
    }

    /** Images of the application's pods that run now, and are not on their way out. */
    private static List<String> versions(TestNamespace namespace) {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withLabel("app.kubernetes.io/name", "shop")
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(HelmE2E::runs)
                .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
                .sorted()
                .toList();
    }

    private static boolean runs(Pod pod) {
        return Objects.equals(pod.getStatus().getPhase(), "Running");
    }
}
