package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator is taken away while others need it; no other test may run meanwhile. */
@EndToEnd
@Isolated
class OperatorAwayE2E {

    private InstalledOperator operator;

    @BeforeEach
    void operator() {
        operator = new InstalledOperator();
    }

    @AfterEach
    void back() {
        operator.close();
    }

    @Test
    @DisplayName(
            "B21: while the operator is away no pod of a namespace with a Migrator gets past it, and other namespaces go on")
    void nothing_gets_past_an_operator_that_is_away(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        try (var other = TestNamespace.create("no_migrator_here")) {
            // When
            operator.scale(0);
            namespace.apply(deployment("web", "app:v2", 1));
            other.apply(deployment("web", "app:v1", 1));

            // Then
            other.awaitRunning("web", "app:v1", 1);
            namespace.stays(
                    Duration.ofSeconds(5),
                    () -> assertThat(namespace.recorder().applications("app:v2"))
                            .isEmpty());

            // When
            operator.scale(2);

            // Then
            namespace.awaitRunning("web", "app:v2", 1);
            namespace.awaitOneMigrationBefore("app:v2");
        }
    }

    @Test
    @DisplayName("B25: the operator is killed while pods wait: no crash loop, and they are released when it is back")
    void waiting_pods_outlive_the_operator(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 3));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        namespace.awaitWaiting("web", 3);
        namespace.await(() -> assertThat(namespace.recorder().waiters()).hasSize(3));

        // When
        operator.scale(0);
        namespace.endMigrations();
        namespace.await(
                () -> assertThat(namespace.recorder().migrations().getFirst().finishedAt())
                        .isPresent());
        namespace.stays(
                Duration.ofSeconds(4),
                () -> assertThat(namespace.recorder().applications()).isEmpty());
        operator.scale(2);

        // Then
        namespace.awaitRunning("web", "app:v1", 3);
        assertThat(namespace.pods("web"))
                .flatExtracting(pod -> pod.getStatus().getInitContainerStatuses())
                .extracting(ContainerStatus::getRestartCount)
                .containsOnly(0);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    @DisplayName("B1: killed while a migration runs, the operator does not run it again")
    void a_killed_operator_does_not_repeat_a_migration(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        operator.kill();
        namespace.endMigrations();

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history()).hasSize(1);
    }
}
