package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.Captured;
import net.coderanger.migrations.plan.StatusChange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Is each change of a Migrator's state one line of the log, with the Migrator and the run in it? */
@Execution(ExecutionMode.SAME_THREAD)
class StatusLogTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private static final String PENDING = """
            phase: Pending
            desiredRevision: v2
            conditions: [{type: Ready, status: "False", reason: MigrationsPending, message: v2 has to be migrated}]
            """;
    private static final String RUNNING = """
            phase: Running
            desiredRevision: v2
            run: {id: r7, revision: v2, attempt: 0}
            waitingPods: 1
            conditions: [{type: Ready, status: "False", reason: MigrationsRunning, message: 1 pod waits}]
            """;
    private static final String MIGRATED = """
            phase: Migrated
            desiredRevision: v2
            history: [{id: r7, revision: v2, job: web-r7, outcome: Succeeded, attempts: 1}]
            conditions: [{type: Ready, status: "True", reason: MigrationsUpToDate, message: v2 is migrated}]
            """;

    @Test
    void a_migration_is_three_lines() {
        assertThat(logged(PENDING, RUNNING, MIGRATED))
                .extracting(line ->
                        fields(line, "level", "namespace", "migrator", "run", "revision", "phase", "reason", "outcome"))
                .containsExactly(
                        Arrays.asList("INFO", "shop", "web", null, "v2", "Pending", "MigrationsPending", null),
                        Arrays.asList("INFO", "shop", "web", "r7", "v2", "Running", "MigrationsRunning", null),
                        Arrays.asList(
                                "INFO", "shop", "web", "r7", "v2", "Migrated", "MigrationsUpToDate", "Succeeded"));
    }

    @Test
    void the_message_is_that_of_the_status() {
        assertThat(logged(PENDING, RUNNING, MIGRATED))
                .extracting(line -> line.path("message").textValue())
                .containsExactly("v2 has to be migrated", "1 pod waits", "v2 is migrated");
    }

    @Test
    void another_number_of_waiting_pods_is_no_line() {
        assertThat(logged(
                        PENDING,
                        RUNNING,
                        RUNNING.replace("1 pod waits", "2 pods wait").replace("waitingPods: 1", "waitingPods: 2"),
                        RUNNING.replace("attempt: 0", "attempt: 1")))
                .hasSize(2);
    }

    @Test
    void a_failure_is_a_warning_with_what_it_needs() {
        // Given
        var retrying = RUNNING.replace("attempt: 0", "attempt: 2").replace("MigrationsRunning", "MigrationsRetrying");
        var failed = """
                phase: Failed
                desiredRevision: v2
                history: [{id: r7, revision: v2, job: web-r7, outcome: Failed, attempts: 2}]
                conditions: [{type: Ready, status: "False", reason: MigrationsFailed, message: 'failed: relation "x"'}]
                """;
        // Then
        assertThat(logged(PENDING, RUNNING, retrying, failed).stream().skip(2))
                .extracting(line -> fields(line, "level", "run", "attempt", "phase", "reason", "outcome", "message"))
                .containsExactly(
                        Arrays.asList("WARN", "r7", "2", "Running", "MigrationsRetrying", null, "1 pod waits"),
                        Arrays.asList(
                                "WARN", "r7", null, "Failed", "MigrationsFailed", "Failed", "failed: relation \"x\""));
    }

    @Test
    void each_step_of_a_run_is_a_line() {
        assertThat(logged(
                        PENDING,
                        RUNNING.replace("attempt: 0", "step: 1/2 plan"),
                        RUNNING.replace("attempt: 0", "step: 2/2 migration"),
                        MIGRATED))
                .extracting(line -> fields(line, "run", "step", "outcome"))
                .containsExactly(
                        Arrays.asList(null, null, null),
                        Arrays.asList("r7", "1/2 plan", null),
                        Arrays.asList("r7", "2/2 migration", null),
                        List.of("r7", "2/2 migration", "Succeeded"));
    }

    @Test
    void pods_that_are_not_held_back_are_a_warning_and_their_end_is_none() {
        // Given
        var ungated = PENDING.replace(
                "conditions: [",
                "conditions: [{type: UngatedPods, status: 'True', reason: UngatedPodsRunning, message: web-1}, ");
        // Then
        assertThat(logged(
                                PENDING,
                                ungated,
                                PENDING.replace(
                                        "conditions: [",
                                        "conditions: [{type: UngatedPods, status: 'False', reason: EveryPodGated}, "))
                        .stream()
                        .skip(1))
                .extracting(line -> fields(line, "level", "namespace", "migrator", "reason", "message"))
                .containsExactly(
                        List.of("WARN", "shop", "web", "UngatedPodsRunning", "web-1"),
                        List.of("INFO", "shop", "web", "EveryPodGated", "Every pod is held back that has to be"));
    }

    @Test
    void an_answer_to_a_request_is_a_line_with_who_asked() {
        // Given
        var answered =
                PENDING + "handledRequests: [{request: approve, value: v2, by: jane, result: run r7 was started}]";
        // Then
        assertThat(logged(PENDING, answered, answered).stream().skip(1))
                .extracting(line -> fields(line, "migrator", "reason", "request", "value", "by", "message"))
                .containsExactly(List.of("web", "RequestAnswered", "approve", "v2", "jane", "run r7 was started"));
    }

    /** What is logged when one status follows another, as the operator writes it. */
    private static List<JsonNode> logged(String... statuses) {
        try (var captured = new Captured(StatusLog.class.getName())) {
            var log = new StatusLog();
            var migrator = migrator("");
            for (var status : statuses) {
                var next = migrator(status);
                log.statusWritten(new StatusChange(migrator, Objects.requireNonNull(next.getStatus())));
                migrator = next;
            }
            return captured.lines();
        }
    }

    private static List<String> fields(JsonNode line, String... names) {
        return Arrays.stream(names).map(name -> line.path(name).textValue()).toList();
    }

    private static Migrator migrator(String status) {
        return YAML.unmarshal("""
                metadata: {namespace: shop, name: web}
                spec: {selector: {}}
                status:
                %s
                """.formatted(status.indent(2)), Migrator.class);
    }
}
