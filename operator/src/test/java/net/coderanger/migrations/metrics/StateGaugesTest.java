package net.coderanger.migrations.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.Test;

/** What do the gauges tell of which cluster? */
class StateGaugesTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final Migrator RUNNING = migrator("shop", "web", """
            phase: Running
            ungatedPods: 2
            run: {id: r1, startTime: "2026-03-01T11:30:00Z"}
            """);
    private static final Migrator FAILED = migrator("shop", "api", "{phase: Failed, ungatedPods: 1}");
    private static final Migrator NEW = migrator("blog", "web", "");

    @Test
    void without_migrators_every_gauge_is_there_at_zero() {
        // When
        var told = told(List.of(), List.of(), false);
        // Then
        assertThat(told)
                .contains(
                        entry("migrations_migrators{phase=Failed}", 0.0),
                        entry("migrations_migrators{phase=Unknown}", 0.0),
                        entry("migrations_waiting_pods", 0.0),
                        entry("migrations_oldest_waiting_pod_seconds", 0.0),
                        entry("migrations_ungated_pods", 0.0),
                        entry("migrations_longest_run_seconds", 0.0));
    }

    @Test
    void the_gauges_are_over_all_migrators() {
        // Given
        var pods = List.of(
                waiter("shop", "a", "web", "2026-03-01T11:59:00Z"),
                waiter("shop", "b", "web", "2026-03-01T11:50:00Z"),
                waiter("blog", "c", "web", "2026-03-01T11:58:00Z"));
        // When
        var told = told(List.of(RUNNING, FAILED, NEW), pods, false);
        // Then
        assertThat(told)
                .contains(
                        entry("migrations_migrators{phase=Running}", 1.0),
                        entry("migrations_migrators{phase=Failed}", 1.0),
                        entry("migrations_migrators{phase=Migrated}", 0.0),
                        entry("migrations_migrators{phase=Unknown}", 1.0),
                        entry("migrations_waiting_pods", 3.0),
                        entry("migrations_oldest_waiting_pod_seconds", 600.0),
                        entry("migrations_ungated_pods", 3.0),
                        entry("migrations_longest_run_seconds", 1800.0));
    }

    @Test
    void the_number_of_series_does_not_grow_with_the_cluster() {
        assertThat(told(List.of(RUNNING, FAILED, NEW), List.of(), false))
                .hasSameSizeAs(told(List.of(), List.of(), false));
    }

    @Test
    void per_migrator_each_has_its_series() {
        // When
        var told = told(List.of(RUNNING, FAILED), List.of(waiter("shop", "a", "web", "2026-03-01T11:59:00Z")), true);
        // Then
        assertThat(told)
                .contains(
                        entry("migrations_migrators{migrator=api,namespace=shop,phase=Failed}", 1.0),
                        entry("migrations_migrators{migrator=web,namespace=shop,phase=Failed}", 0.0),
                        entry("migrations_waiting_pods{migrator=web,namespace=shop}", 1.0),
                        entry("migrations_waiting_pods{migrator=api,namespace=shop}", 0.0),
                        entry("migrations_oldest_waiting_pod_seconds{migrator=web,namespace=shop}", 60.0),
                        entry("migrations_ungated_pods{migrator=api,namespace=shop}", 1.0),
                        entry("migrations_longest_run_seconds{migrator=web,namespace=shop}", 1800.0));
    }

    @Test
    void a_pod_that_waits_for_a_migrator_that_does_not_exist_is_not_forgotten() {
        // Given
        var pod = waiter("shop", "a", "missing", "2026-03-01T11:00:00Z");
        pod.getMetadata().setAnnotations(Map.of("migrations.coderanger.net/wait-for", "missing"));
        // Then
        assertThat(told(List.of(RUNNING), List.of(pod), false))
                .contains(
                        entry("migrations_waiting_pods", 1.0),
                        entry("migrations_oldest_waiting_pod_seconds", 3600.0),
                        entry("migrations_migrators{phase=Unknown}", 0.0));
        assertThat(told(List.of(RUNNING), List.of(pod), true))
                .containsEntry("migrations_waiting_pods{migrator=missing,namespace=shop}", 1.0)
                .doesNotContainKey("migrations_migrators{migrator=missing,namespace=shop,phase=Unknown}");
    }

    @Test
    void a_pod_that_was_released_or_has_ended_or_is_elsewhere_waits_no_more() {
        // Given
        var released = waiter("shop", "a", "web", "2026-03-01T11:00:00Z");
        released.getMetadata().setAnnotations(Map.of("released.migrations.coderanger.net/web", "uid-of-a"));
        var ended = waiter("shop", "b", "web", "2026-03-01T11:00:00Z");
        ended.getStatus().setPhase("Failed");
        var elsewhere = waiter("blog", "c", "web", "2026-03-01T11:00:00Z");
        // When
        var told = told(List.of(RUNNING), List.of(released, ended, elsewhere), false);
        // Then
        assertThat(told).containsEntry("migrations_waiting_pods", 0.0);
    }

    @Test
    void approvals_have_their_number_and_their_age() {
        // Given
        var first = migrator("shop", "a", """
                phase: AwaitingApproval
                pendingApproval: {value: v2, revision: v2, since: "2026-03-01T11:45:00Z"}
                """);
        var second = migrator("shop", "b", """
                phase: AwaitingApproval
                pendingApproval: {value: v2, revision: v2, since: "2026-03-01T11:55:00Z"}
                """);
        // Then
        assertThat(told(List.of(first, second, FAILED), List.of(), false))
                .contains(
                        entry("migrations_migrators{phase=AwaitingApproval}", 2.0),
                        entry("migrations_pending_approvals", 2.0),
                        entry("migrations_oldest_pending_approval_seconds", 900.0));
        assertThat(told(List.of(FAILED), List.of(), false))
                .contains(
                        entry("migrations_pending_approvals", 0.0),
                        entry("migrations_oldest_pending_approval_seconds", 0.0));
    }

    @Test
    void what_somebody_has_stopped_has_not_failed() {
        // Given
        var cancelled = migrator("shop", "a", """
                phase: Failed
                conditions: [{type: Ready, status: "False", reason: MigrationsCancelled}]
                """);
        var failed = migrator("shop", "b", """
                phase: Failed
                conditions: [{type: Ready, status: "False", reason: MigrationsFailed}]
                """);
        // Then
        assertThat(told(List.of(cancelled, failed), List.of(), false))
                .contains(
                        entry("migrations_migrators{phase=Failed}", 1.0),
                        entry("migrations_migrators{phase=Stopped}", 1.0));
    }

    @Test
    void a_time_that_lies_ahead_or_is_none_counts_as_zero() {
        // Given
        var ahead = migrator("shop", "a", "{phase: Running, run: {id: r1, startTime: '2026-03-01T12:00:09Z'}}");
        var none = migrator("shop", "b", "{phase: Running, run: {id: r1, startTime: ''}}");
        // Then
        assertThat(told(List.of(ahead, none), List.of(), false)).containsEntry("migrations_longest_run_seconds", 0.0);
    }

    private static Map<String, Double> told(List<Migrator> migrators, List<Pod> pods, boolean perMigrator) {
        var told = new TreeMap<String, Double>();
        for (var gauge : new StateGauges(MigratorState.of(migrators, pods), perMigrator, NOW).snapshots()) {
            ((GaugeSnapshot) gauge)
                    .getDataPoints()
                    .forEach(point ->
                            told.put(gauge.getMetadata().getName() + braced(point.getLabels()), point.getValue()));
        }
        return told;
    }

    private static String braced(Labels labels) {
        return labels.isEmpty()
                ? ""
                : labels.stream()
                        .map(label -> label.getName() + "=" + label.getValue())
                        .sorted()
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static Migrator migrator(String namespace, String name, String status) {
        var migrator = YAML.unmarshal("""
                apiVersion: migrations.coderanger.net/v1beta1
                kind: Migrator
                metadata: {namespace: %s, name: %s, uid: u}
                spec: {selector: {}}
                status:
                %s
                """.formatted(namespace, name, status.indent(2)), Migrator.class);
        assertThat(migrator.getStatus() == null).isEqualTo(status.isEmpty());
        return migrator;
    }

    private static Pod waiter(String namespace, String name, String migrator, String created) {
        return YAML.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {namespace: %1$s, name: %2$s, uid: uid-of-%2$s, creationTimestamp: "%4$s"}
                spec: {initContainers: [{name: migrate-wait-%3$s}], containers: [{name: main}]}
                status: {phase: Pending}
                """.formatted(namespace, name, migrator, created), Pod.class);
    }
}
