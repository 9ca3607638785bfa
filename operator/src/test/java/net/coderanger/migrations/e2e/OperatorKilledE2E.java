package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Duration;
import java.util.Objects;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The operator is killed, all replicas at once, at each step of a run; no other test may run meanwhile. */
@EndToEnd
@Isolated
class OperatorKilledE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(4);

    private static final String MIGRATOR =
            """
            apiVersion: migrations.coderanger.net/v1beta1
            kind: Migrator
            metadata: {name: shop}
            spec:
              selector: {matchLabels: {app: shop}}
              before:
              - {name: plan, approval: Always, command: %s}
              - {name: backup, command: %s}
              command: %s
              after:
              - {name: verify, command: %s}
              job: {backoffLimit: 0}
            """.formatted(command("plan"), command("backup"), command("migration"), command("verify"));

    private final InstalledOperator operator = new InstalledOperator();

    @AfterEach
    void back() {
        operator.close();
    }

    @Test
    void a_run_of_steps_survives_the_operator_and_does_each_once(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        shop.ask("create table done (step text)");
        namespace.apply(MIGRATOR);
        shop.deploy(Shop.V1);

        // When
        killDuring(shop, namespace, "plan");
        namespace.await(() -> assertThat(namespace.status("shop").phase()).isEqualTo(Phase.AwaitingApproval));
        operator.kill();
        approve(namespace);
        killDuring(shop, namespace, "backup");
        killDuring(shop, namespace, "migration");
        killDuring(shop, namespace, "verify");

        // Then
        namespace.awaitRunning("shop", Shop.V1, 1);
        namespace.awaitReady("shop", Shop.V1);
        assertThat(shop.ask("select step from done")).containsExactly("plan", "backup", "migration", "verify");
        assertThat(namespace.status("shop").history()).singleElement().satisfies(run -> {
            assertThat(run.steps()).extracting(StepStatus::attempts).containsOnly(1);
            assertThat(run.approvedBy()).isNotNull();
        });
        assertThat(namespace.recorder().migrations()).hasSize(4);
        namespace.assertNoTwoMigrationsAtOnce();
        namespace.stays(
                Duration.ofSeconds(5),
                () -> assertThat(shop.ask("select step from done")).hasSize(4));
    }

    @Test
    void while_nobody_leads_pods_are_gated_and_nothing_is_run(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"));

        // When the leader is lost, and no other can lead yet
        var ended = operator.failedWith().size();
        namespace.await(() -> {
            operator.lease("somebody-else");
            assertThat(operator.failedWith()).as("the replica that led").hasSizeGreaterThan(ended);
        });
        namespace.await(() -> assertThatCode(() -> namespace.apply(deployment("web", "app:v1", 1)))
                .doesNotThrowAnyException());

        // Then the replicas that do not lead answer
        namespace.await(() -> assertThat(namespace.pods("web"))
                .singleElement()
                .satisfies(pod -> assertThat(pod.getSpec().getInitContainers())
                        .extracting(Container::getName)
                        .containsExactly("migrate-wait-web")));
        namespace.stays(A_WHILE, () -> {
            operator.lease("somebody-else");
            assertThat(namespace.jobs()).isEmpty();
        });

        // When
        operator.lease(null);

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    private void killDuring(Shop shop, TestNamespace namespace, String step) {
        namespace.await(() -> assertThat(shop.ask("select step from done")).contains(step));
        operator.kill();
    }

    /** The webhook is needed for that: until a replica is back the API server refuses. */
    private static void approve(TestNamespace namespace) {
        namespace.await(() -> {
            var pending = Objects.requireNonNull(namespace.status("shop").pendingApproval());
            assertThatCode(() -> namespace.annotate("shop", "approve", pending.value()))
                    .doesNotThrowAnyException();
        });
    }

    private static String command(String step) {
        return "[sh, -c, \"psql -c \\\"insert into done values ('" + step + "')\\\" && sleep 5\"]";
    }
}
