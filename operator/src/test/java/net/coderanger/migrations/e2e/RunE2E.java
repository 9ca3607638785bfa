package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When migrations run, and how often. */
@EndToEnd
class RunE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(5);

    @Test
    @DisplayName("spec 20, 34: a rollout runs each migration once, before any container of the new version")
    void a_rollout_runs_each_migration_once_and_first(TestNamespace namespace) {
        // Given
        namespace.applyAtOnce(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 2));
        namespace.awaitRunning("web", "app:v1", 2);

        // When
        namespace.apply(deployment("web", "app:v2", 2));
        namespace.awaitRunning("web", "app:v2", 2);
        namespace.awaitReady("web", "app:v2");

        // Then
        namespace.awaitOneMigrationBefore("app:v1");
        namespace.awaitOneMigrationBefore("app:v2");
        assertThat(namespace.status("web").lastSuccessfulMigration()).isEqualTo("app:v2");
        assertThat(namespace.events("MigrationsStarted")).hasSize(2);
        assertThat(namespace.events("MigrationsSucceeded")).hasSize(2);
    }

    @Test
    @DisplayName("B2: a change of the template does not kill the migration that runs")
    void a_run_ends_before_that_of_the_next_revision_starts(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 6"), deployment("web", "app:v1", 1));
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v1")).hasSize(1));

        // When
        namespace.apply(deployment("web", "app:v2", 1));

        // Then
        namespace.awaitRunning("web", "app:v2", 1);
        namespace.await(() -> assertThat(outcomes(namespace)).containsExactly(Outcome.Succeeded, Outcome.Succeeded));
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .hasSize(2)
                .allSatisfy(run -> {
                    assertThat(run.finishedAt()).isPresent();
                    assertThat(run.exitCode()).isZero();
                }));
        namespace.assertNoTwoMigrationsAtOnce();
    }

    @Test
    void replace_stops_the_run_and_starts_the_next_when_its_pod_has_ended(TestNamespace namespace) {
        // Given
        namespace.apply(
                migrator("web", "web", "trap 'sleep 1; exit 9' TERM; sleep 600 & wait", "onNewRevision: Replace"),
                patient(deployment("web", "app:v1", 1)));
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v1")).hasSize(1));

        // When
        namespace.apply(migrator("web", "web", "sleep 1", "onNewRevision: Replace"), deployment("web", "app:v2", 1));

        // Then
        namespace.awaitRunning("web", "app:v2", 1);
        namespace.awaitReady("web", "app:v2");
        assertThat(outcomes(namespace)).containsExactly(Outcome.Succeeded, Outcome.Replaced);
        assertThat(namespace.recorder().applications("app:v1")).isEmpty();
        assertThat(namespace.recorder().migrations("app:v1"))
                .as("it was asked to end, and had its time")
                .singleElement()
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(9));
        namespace.assertNoTwoMigrationsAtOnce();
        assertThat(namespace.events("StaleJob")).hasSize(1);
    }

    @Test
    @DisplayName("B3: two workloads with two images are two runs, not an alternation")
    void two_workloads_with_two_images_are_migrated_one_after_the_other(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("all", "web", "sleep 2").replace("{matchLabels: {app: web}}", "{}"));

        // When
        namespace.apply(deployment("web", "app:v1", 1), deployment("worker", "app:v2", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitRunning("worker", "app:v2", 1);
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.status("all").history()).hasSize(2));
        assertThat(outcomes(namespace, "all")).containsExactly(Outcome.Succeeded, Outcome.Succeeded);
        namespace.awaitOneMigrationBefore("app:v1");
        namespace.awaitOneMigrationBefore("app:v2");
        namespace.assertNoTwoMigrationsAtOnce();
    }

    @Test
    @DisplayName("B4: a pod of the old version that is made again during a rollout starts at once")
    void a_pod_of_a_migrated_version_starts_while_the_next_is_being_migrated(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 2));
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.awaitReady("web", "app:v1");
        namespace.apply(migrator("web", "web", "sleep 30"), deployment("web", "app:v2", 2));
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v2")).hasSize(1));
        var old = namespace.running("web").getFirst().getMetadata().getName();

        // When
        namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withName(old)
                .withGracePeriod(0)
                .delete();

        // Then
        namespace.awaitRunning("web", "app:v1", 2);
        assertThat(namespace.status("web").run()).isNotNull();
        assertThat(namespace.recorder().applications("app:v2")).isEmpty();
        namespace.await(
                () -> assertThat(namespace.recorder().applications("app:v1")).hasSize(3));
    }

    @Test
    @DisplayName("B5: a rollback to a migrated version starts at once and runs nothing")
    void a_rollback_starts_at_once(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.apply(deployment("web", "app:v2", 1));
        namespace.awaitRunning("web", "app:v2", 1);
        namespace.awaitReady("web", "app:v2");
        namespace.await(() -> assertThat(namespace.pods("web")).hasSize(1));

        // When
        namespace.apply(deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        assertThat(namespace.status("web").history()).hasSize(2);
        assertThat(namespace.recorder().migrations()).hasSize(2);
    }

    @Test
    @DisplayName("B5: onRollback: Run migrates the older version again first, as the original did")
    void a_rollback_runs_the_older_migration_again_when_asked_to(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1", "onRollback: Run"), deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.apply(deployment("web", "app:v2", 1));
        namespace.awaitRunning("web", "app:v2", 1);
        namespace.awaitReady("web", "app:v2");
        namespace.await(() -> assertThat(namespace.pods("web")).hasSize(1));

        // When
        namespace.apply(deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.await(() -> assertThat(namespace.status("web").history())
                .extracting(HistoryEntry::revision)
                .containsExactly("app:v1", "app:v2", "app:v1"));
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.status("web").history()).hasSize(3));
    }

    @Test
    @DisplayName("B5, B15: a failed migration holds its pods, says why, and runs again when something has changed")
    void a_failed_migration_holds_its_pods_until_it_is_mended(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 2));
        namespace.awaitRunning("web", "app:v1", 2);

        // When
        namespace.apply(
                migrator("web", "web", "echo 'no such column: price' >&2; exit 3", "job: {backoffLimit: 0}"),
                deployment("web", "app:v2", 2));

        // Then
        namespace.awaitStalled("web");
        var stalled = namespace.condition("web", "Stalled");
        assertThat(stalled.reason()).isEqualTo("MigrationsFailed");
        assertThat(stalled.message())
                .contains("app:v2", "exit code 3", "no such column: price", "migrations.coderanger.net/retry=");
        namespace.await(() -> assertThat(namespace.events("MigrationsFailed"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("no such column: price")));
        namespace.stays(
                A_WHILE,
                () -> assertThat(namespace.recorder().migrations("app:v2")).hasSize(1));
        assertThat(namespace.recorder().applications("app:v2")).isEmpty();
        assertThat(namespace.jobs())
                .as("the failed Job stays for its logs")
                .anySatisfy(job -> assertThat(job.getStatus().getFailed()).isEqualTo(1));

        // When
        namespace.apply(migrator("web", "web", "exit 0", "job: {backoffLimit: 0}"));

        // Then
        namespace.awaitRunning("web", "app:v2", 2);
        namespace.awaitReady("web", "app:v2");
    }

    @Test
    @DisplayName("B8: a new value of spec.trigger runs the current revision again, once")
    void a_new_trigger_runs_the_migration_again(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 1));
        namespace.awaitReady("web", "app:v1");

        // When
        namespace.apply(migrator("web", "web", "sleep 1", "trigger: '2026-11-21'"));

        // Then
        namespace.await(() -> assertThat(namespace.status("web").history()).hasSize(2));
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().migrations()).hasSize(2));
        assertThat(namespace.status("web").history().getFirst().trigger()).isEqualTo("2026-11-21");
    }

    @Test
    @DisplayName("B15: an attempt that is tried again is not a failure")
    void a_run_that_succeeds_at_a_later_attempt_has_succeeded(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "echo too early; [ -e /go/on ]", """
                        job:
                          volumes: [{name: go, configMap: {name: go, optional: true}}]
                          volumeMounts: [{name: go, mountPath: /go}]
                        """), deployment("web", "app:v1", 1));

        // Then
        namespace.await(() -> assertThat(namespace.status("web").run())
                .isNotNull()
                .satisfies(run -> assertThat(run.message()).contains("tried again", "too early")));
        assertThat(namespace.condition("web", "Stalled").status()).isEqualTo("False");

        // When
        namespace.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: go}
                data: {"on": "yes"}
                """);

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.events("MigrationsFailed")).isEmpty();
        assertThat(namespace.status("web").history())
                .singleElement()
                .satisfies(entry -> assertThat(entry.attempts()).isGreaterThan(1));
    }

    @Test
    void a_job_that_a_user_deletes_while_it_runs_is_not_run_again_unasked(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 600"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace.client().batch().v1().jobs().inNamespace(namespace.name()).delete();

        // Then
        namespace.awaitStalled("web");
        assertThat(namespace.condition("web", "Stalled").message())
                .contains("deleted", "migrations.coderanger.net/retry=");
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().migrations()).hasSize(1));
        assertThat(namespace.recorder().applications()).isEmpty();
    }

    @Test
    void a_migration_that_a_node_drain_evicts_starts_again_and_has_not_failed(TestNamespace namespace) {
        // Given
        namespace.apply(
                migrator("web", "web", "trap 'exit 9' TERM; sleep 20 & wait", "job: {backoffLimit: 0}"),
                patient(deployment("web", "app:v1", 1)));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        var drained = namespace.recorder().migrations().getFirst().pod();

        // When
        assertThat(namespace
                        .client()
                        .pods()
                        .inNamespace(namespace.name())
                        .withName(drained)
                        .evict())
                .isTrue();

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .extracting(Recorder.Start::exitCode)
                .containsExactly(9, 0));
        namespace.assertNoTwoMigrationsAtOnce();
        assertThat(outcomes(namespace)).containsExactly(Outcome.Succeeded);
        assertThat(namespace.events("MigrationsFailed")).isEmpty();
    }

    @Test
    void suspend_starts_nothing_and_says_so(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "sleep 1", "suspend: true"), deployment("web", "app:v1", 1));

        // Then
        namespace.awaitWaiting("web", 1);
        assertThat(namespace.condition("web", "Ready").message()).contains("spec.suspend", "1 pod waits");
        namespace.stays(A_WHILE, () -> assertThat(namespace.jobs()).isEmpty());

        // When
        namespace.apply(migrator("web", "web", "sleep 1", "suspend: false"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
    }

    @Test
    @DisplayName("B13: without pods a Migrator is Ready, and stays so when an application is scaled to zero")
    void a_migrator_without_pods_is_ready(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("web", "Ready").reason()).isEqualTo("NothingToMigrate"));
        assertThat(namespace.condition("web", "Ready").status()).isEqualTo("True");

        // When
        namespace.apply(deployment("web", "app:v1", 1));
        namespace.awaitReady("web", "app:v1");
        namespace.apply(deployment("web", "app:v1", 0));

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("web", "Ready").reason()).isEqualTo("NothingToMigrate"));
        assertThat(namespace.condition("web", "Ready").status()).isEqualTo("True");
        assertThat(namespace.status("web").lastSuccessfulMigration()).isEqualTo("app:v1");
    }

    /** Its pods, and those of its migration, have time to end. */
    private static String patient(String deployment) {
        return deployment.replace("terminationGracePeriodSeconds: 1", "terminationGracePeriodSeconds: 30");
    }

    private static List<Outcome> outcomes(TestNamespace namespace) {
        return outcomes(namespace, "web");
    }

    private static List<Outcome> outcomes(TestNamespace namespace, String migrator) {
        return namespace.status(migrator).history().stream()
                .map(HistoryEntry::outcome)
                .toList();
    }
}
