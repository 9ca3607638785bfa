package net.coderanger.migrations.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.monitoring.Metrics.ControllerExecution;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.StatusChange;
import net.coderanger.migrations.webhook.AdmissionListener.Result;
import net.coderanger.migrations.webhook.AdmissionListener.Webhook;
import org.junit.jupiter.api.Test;

/** What stands on the page after what has happened? */
class OperatorMetricsTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private final AtomicBoolean leading = new AtomicBoolean(true);
    private final OperatorMetrics metrics = new OperatorMetrics(leading::get);

    @Test
    void what_has_not_happened_yet_is_there_at_zero() {
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_runs_total{outcome=\"Succeeded\"} 0.0",
                        "migrations_runs_total{outcome=\"Failed\"} 0.0",
                        "migrations_retries_total 0.0",
                        "migrations_release_latency_seconds_count 0",
                        "migrations_webhook_duration_seconds_count{result=\"error\",webhook=\"pods\"} 0",
                        "migrations_reconcile_duration_seconds_count{result=\"error\"} 0",
                        "migrations_reconcile_queue 0.0");
    }

    @Test
    void a_run_that_has_ended_is_counted_once_with_its_time() {
        // Given
        var before = migrator("{run: {id: r1, attempt: 1}}");
        var after = migrator("""
                {history: [{id: r1, revision: v1, image: v1, workload: Deployment/web, job: j, inputs: i, outcome: Failed,
                  startTime: "2026-03-01T10:00:00Z", completionTime: "2026-03-01T10:00:30Z", attempts: 4}]}
                """);
        // When
        written(before, after);
        written(after, after);
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_runs_total{outcome=\"Failed\"} 1.0",
                        "migrations_runs_total{outcome=\"Succeeded\"} 0.0",
                        "migrations_run_duration_seconds_bucket{outcome=\"Failed\",le=\"10.0\"} 0",
                        "migrations_run_duration_seconds_bucket{outcome=\"Failed\",le=\"60.0\"} 1",
                        "migrations_run_duration_seconds_sum{outcome=\"Failed\"} 30.0",
                        "migrations_step_duration_seconds_sum{step=\"migration\"} 30.0",
                        "migrations_step_duration_seconds_count{step=\"onFailure\"} 0",
                        "migrations_retries_total 3.0");
    }

    @Test
    void a_run_without_known_times_is_counted_without_a_duration() {
        // Given
        var after = migrator("""
                {history: [{id: r1, revision: v1, image: v1, workload: Deployment/web, job: j, inputs: i, outcome: Succeeded,
                  startTime: "", completionTime: "2026-03-01T10:00:30Z"}]}
                """);
        // When
        written(migrator("{phase: Running}"), after);
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_runs_total{outcome=\"Succeeded\"} 1.0",
                        "migrations_run_duration_seconds_count{outcome=\"Succeeded\"} 0");
    }

    @Test
    void a_decision_without_a_run_has_no_duration() {
        // Given
        var after = migrator("""
                {history: [{id: r1, revision: v1, image: v1, workload: Deployment/web, job: "", inputs: "", outcome: Baseline,
                  startTime: "2026-03-01T10:00:00Z", completionTime: "2026-03-01T10:00:00Z"}]}
                """);
        // When
        written(migrator("{phase: Pending}"), after);
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_runs_total{outcome=\"Baseline\"} 1.0",
                        "migrations_run_duration_seconds_count{outcome=\"Baseline\"} 0",
                        "migrations_step_duration_seconds_count{step=\"migration\"} 0");
    }

    @Test
    void releases_have_their_latency() {
        // When
        metrics.migrators().released(Duration.ofMillis(1500));
        metrics.migrators().released(Duration.ofMillis(-20)); // clocks differ
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_release_latency_seconds_bucket{le=\"1.0\"} 1",
                        "migrations_release_latency_seconds_bucket{le=\"2.0\"} 2",
                        "migrations_release_latency_seconds_bucket{le=\"+Inf\"} 2");
    }

    @Test
    void every_answer_of_the_webhook_has_its_time() {
        // When
        for (var result : List.of(Result.ALLOWED, Result.GATED, Result.DENIED, Result.ERROR)) {
            metrics.webhook().answered(Webhook.PODS, result, Duration.ofMillis(20));
        }
        metrics.webhook().answered(Webhook.MIGRATORS, Result.DENIED, Duration.ofSeconds(9));
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_webhook_duration_seconds_bucket{result=\"gated\",webhook=\"pods\",le=\"0.01\"} 0",
                        "migrations_webhook_duration_seconds_bucket{result=\"gated\",webhook=\"pods\",le=\"0.05\"} 1",
                        "migrations_webhook_duration_seconds_count{result=\"error\",webhook=\"pods\"} 1",
                        "migrations_webhook_duration_seconds_bucket{result=\"denied\",webhook=\"migrators\",le=\"5.0\"} 0",
                        "migrations_webhook_duration_seconds_count{result=\"denied\",webhook=\"migrators\"} 1");
    }

    @Test
    void a_pass_is_a_success_or_an_error() throws Exception {
        // Given
        var passes = metrics.reconciliations();
        var migrator = migrator("{phase: Running}");
        passes.reconcileCustomResource(migrator, null, Map.of());
        passes.reconcileCustomResource(migrator, null, Map.of());
        // When
        assertThat(passes.timeControllerExecution(pass(() -> "done"))).isEqualTo("done");
        assertThatThrownBy(() -> passes.timeControllerExecution(pass(() -> {
                    throw new IllegalStateException("no");
                })))
                .hasMessage("no");
        passes.reconciliationExecutionFinished(migrator, Map.of());
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_reconcile_duration_seconds_count{result=\"success\"} 1",
                        "migrations_reconcile_duration_seconds_count{result=\"error\"} 1",
                        "migrations_reconcile_queue 1.0");
    }

    @Test
    void only_the_leader_tells_the_state() {
        // Given
        metrics.tell(
                new OperatorMetrics.State(() -> List.of(migrator("{phase: Failed}")), List::of, () -> true),
                leading::get,
                false,
                InstantSource.fixed(Instant.EPOCH));
        // Then
        assertThat(metrics.page().lines())
                .contains(
                        "migrations_leader 1.0",
                        "migrations_webhook_registered 1.0",
                        "migrations_migrators{phase=\"Failed\"} 1.0");
        // When
        leading.set(false);
        // Then
        assertThat(metrics.page())
                .contains("migrations_leader 0.0")
                .doesNotContain("migrations_webhook_registered", "migrations_migrators", "migrations_waiting_pods");
    }

    private void written(Migrator before, Migrator after) {
        metrics.migrators().statusWritten(new StatusChange(before, Objects.requireNonNull(after.getStatus())));
    }

    private static Migrator migrator(String status) {
        return YAML.unmarshal(
                "metadata: {namespace: shop, name: web}\nspec: {selector: {}}\nstatus: " + status, Migrator.class);
    }

    private interface Work {
        String done();
    }

    private static ControllerExecution<String> pass(Work work) {
        return new ControllerExecution<>() {
            @Override
            public String name() {
                return "reconcile";
            }

            @Override
            public String controllerName() {
                return "migrator";
            }

            @Override
            public String successTypeName(String result) {
                return "";
            }

            @Override
            public ResourceID resourceID() {
                return new ResourceID("web", "shop");
            }

            @Override
            public Map<String, Object> metadata() {
                return Map.of();
            }

            @Override
            public String execute() {
                return work.done();
            }
        };
    }
}
