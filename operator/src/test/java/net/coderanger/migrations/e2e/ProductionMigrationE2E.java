package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.StepState;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The page about all of it in one Migrator: plan, approval, backup, migration, verification, release. */
@EndToEnd
class ProductionMigrationE2E {

    private static final Page PAGE = Page.named("production-migration");
    private static final Duration A_WHILE = Duration.ofSeconds(4);
    private static final String PRODUCTS = "select id, name, price from products order by id";

    @AfterEach
    void noVolume(TestNamespace namespace) {
        BackupVolume.remove(namespace);
    }

    @Test
    void a_change_is_planned_approved_saved_made_and_verified_before_any_pod_starts(TestNamespace namespace) {
        // Given
        var shop = versionOne(namespace);
        shop.ask("insert into products values (3, 'plum', 2.75)");
        var products = shop.ask(PRODUCTS);

        // When
        shop.deploy(Shop.V2);

        // Then
        var pending = awaitPlan(namespace);
        assertThat(pending.step()).isEqualTo("plan");
        assertThat(pending.output()).contains("alter table products add column currency");
        assertNothingDoneYet(namespace, shop);

        // When
        var approved = approve(namespace, pending);

        // Then
        namespace.awaitRunning("shop", Shop.V2, 1);
        namespace.awaitReady("shop", Shop.V2);
        var run = namespace.status("shop").history().getFirst();
        assertRemembered(run);
        var seen = RunSeen.of(namespace, run);
        seen.assertStartedAfter("backup", approved);
        seen.assertOneAfterTheOtherAndThenTheApplication();

        assertThat(shop.columns("products")).containsExactly("id", "name", "price", "currency");
        assertThat(shop.ask(PRODUCTS)).isEqualTo(products).contains("3|plum|2.75");
        assertThat(shop.ask("select run from schema_versions where version = '2'"))
                .containsExactly(run.id());
        assertThat(BackupVolume.backup(namespace, run.id()))
                .as("made after the approval, before the migration")
                .contains("plum")
                .doesNotContain("currency");
        assertDone(namespace);
    }

    /** Its first plan asks nobody. */
    private static Shop versionOne(TestNamespace namespace) {
        BackupVolume.create(namespace);
        var shop = Shop.in(namespace);
        namespace.apply(PAGE.yaml("kind: Migrator"), PAGE.yaml("kind: RoleBinding"));
        shop.release(Shop.V1);
        assertThat(namespace.status("shop").history()).singleElement().satisfies(run -> {
            assertThat(run.steps()).extracting(StepStatus::state).containsOnly(StepState.Succeeded);
            assertThat(run.approvedBy()).isNull();
        });
        return shop;
    }

    private static PendingApproval awaitPlan(TestNamespace namespace) {
        namespace.await(() -> assertThat(namespace.status("shop").phase()).isEqualTo(Phase.AwaitingApproval));
        return Objects.requireNonNull(namespace.status("shop").pendingApproval());
    }

    private static void assertNothingDoneYet(TestNamespace namespace, Shop shop) {
        namespace.stays(A_WHILE, () -> {
            assertThat(Objects.requireNonNull(namespace.status("shop").run()).steps())
                    .extracting(StepStatus::name, StepStatus::state)
                    .containsExactly(
                            tuple("plan", StepState.AwaitingApproval),
                            tuple("backup", StepState.Pending),
                            tuple("migration", StepState.Pending),
                            tuple("verify", StepState.Pending));
            assertThat(namespace.recorder().applications(Shop.V2)).isEmpty();
        });
        assertThat(shop.columns("products")).doesNotContain("currency");
        assertThat(namespace.running("shop")).as("the older version serves").hasSize(1);
        assertThat(namespace.condition("shop", "MigrationsReady").status()).isEqualTo("False");
        assertThat(namespace.status("shop").waitingPods()).isEqualTo(1);
    }

    /** Approves as somebody who may do that and nothing else, and says when. */
    private static Instant approve(TestNamespace namespace, PendingApproval pending) {
        var now = Instant.now();
        try (var dana = dana()) {
            namespace.annotate(dana, "shop", "approve", pending.value() + " read it");
        }
        return now;
    }

    private static KubernetesClient dana() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withImpersonateUsername("dana")
                        .withImpersonateGroups("dba", "system:authenticated")
                        .build())
                .build();
    }

    private static void assertRemembered(HistoryEntry run) {
        assertThat(run.revision()).isEqualTo(Shop.V2);
        assertThat(run.succeeded()).isTrue();
        assertThat(run.approvedBy()).isEqualTo("dana");
        assertThat(run.steps()).extracting(StepStatus::name).containsExactly("plan", "backup", "migration", "verify");
        assertThat(run.steps()).allSatisfy(step -> {
            assertThat(step.state()).isEqualTo(StepState.Succeeded);
            assertThat(step.attempts()).isEqualTo(1);
        });
        assertThat(run.steps().getFirst().approvedBy()).isEqualTo("dana");
    }

    private static void assertDone(TestNamespace namespace) {
        var status = namespace.status("shop");
        assertThat(status.phase()).isEqualTo(Phase.Migrated);
        assertThat(status.desiredRevision()).isEqualTo(Shop.V2);
        assertThat(status.lastSuccessfulMigration()).isEqualTo(Shop.V2);
        assertThat(status.pendingApproval()).isNull();
        assertThat(status.run()).isNull();
        assertThat(status.waitingPods()).isZero();
        assertThat(status.history()).hasSize(2);
        assertThat(namespace.condition("shop", "MigrationsReady").status()).isEqualTo("True");
    }
}
