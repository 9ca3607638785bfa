package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.Test;

/** What has happened between one status and the next? */
class StatusChangeTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");

    @Test
    void a_run_ends_once() {
        // Given
        var story = Story.of();
        story.cluster.rollsOut("web", "shop:v1");
        // When
        var before = story.goesOn().cluster.migrator();
        story.migrationSucceeds();
        var after = story.cluster.migrator();
        // Then
        assertThat(change(before, after).ended())
                .singleElement()
                .satisfies(entry -> assertThat(entry.outcome()).isEqualTo(Outcome.Succeeded));
        assertThat(change(after, after).ended()).isEmpty();
    }

    @Test
    void what_the_original_operator_has_left_behind_did_not_end_now() {
        // Given
        var before = Migrators.with(
                Migrators.shop(), Migrators.yaml("lastSuccessfulMigration: shop:v1", MigratorStatus.class));
        // When
        var plan = Seen.of(before).pods(Pods.of("web-1", WEB)).plan();
        // Then
        assertThat(plan.status().history()).extracting(HistoryEntry::id).containsExactly("original");
        assertThat(new StatusChange(before, plan.status()).ended()).isEmpty();
    }

    @Test
    void the_first_status_of_all_has_nothing_before_it() {
        // When
        var change = new StatusChange(
                Migrators.shop(), Seen.of(Migrators.shop()).plan().status());
        // Then
        assertThat(change.before()).isEqualTo(MigratorStatus.EMPTY);
        assertThat(change.ended()).isEmpty();
        assertThat(change.retries()).isZero();
    }

    @Test
    void each_attempt_beyond_the_first_is_a_retry_and_counted_once() {
        // Given
        var statuses = List.of(
                status("phase: Pending"),
                status("run: {id: r1, attempt: 1}"),
                status("run: {id: r1, attempt: 3}"),
                status("run: {id: r1, attempt: 3}"),
                status("history: [{id: r1, job: j, attempts: 4, outcome: Failed}]"),
                status("run: {id: r2, attempt: 2}\nhistory: [{id: r1, job: j, attempts: 4, outcome: Failed}]"));
        // Then
        assertThat(retries(statuses)).containsExactly(0, 2, 0, 1, 1);
    }

    @Test
    void fewer_attempts_than_before_are_no_retries() {
        assertThat(retries(List.of(
                        status("run: {id: r1, attempt: 3}"),
                        status("history: [{id: r1, job: j, attempts: 1, outcome: Failed}]"))))
                .containsExactly(0);
    }

    @Test
    void each_step_ends_once_and_a_run_of_one_job_is_a_step() {
        // Given
        var step = "{name: %s, kind: %s, state: %s, attempts: %s, startTime: '2026-03-01T10:00:00Z'}";
        var statuses = List.of(
                status("run: {id: r1, attempt: 1}"),
                status("history: [{id: r1, job: j, attempts: 1, outcome: Succeeded}]"),
                status("history: [{id: b1, job: '', outcome: Baseline}]"),
                status("run: {id: r2, steps: [" + step.formatted("plan", "Before", "AwaitingApproval", 2) + ","
                        + step.formatted("migration", "Migration", "Pending", "null") + "]}"),
                status("run: {id: r2, steps: [" + step.formatted("plan", "Before", "Succeeded", 2) + ","
                        + step.formatted("migration", "Migration", "Retrying", 1) + "]}"),
                status("history: [{id: r2, job: j, outcome: Failed, steps: ["
                        + step.formatted("plan", "Before", "Succeeded", 2)
                        + "," + step.formatted("migration", "Migration", "Failed", 3) + "]}]"));
        // Then
        assertThat(changes(statuses)
                        .map(change -> change.stepsEnded().stream()
                                .map(ended -> ended.kind() + " " + ended.state())
                                .toList()))
                .containsExactly(
                        List.of("Migration Succeeded"),
                        List.of(),
                        List.of("Before AwaitingApproval"),
                        List.of(),
                        List.of("Migration Failed"));
        assertThat(retries(statuses)).containsExactly(0, 0, 1, 0, 2);
    }

    @Test
    void a_run_of_down_is_a_step_of_its_kind() {
        // Given
        var statuses = List.of(
                status("run: {id: r1, attempt: 1, rolledBackFrom: v2}"),
                status("history: [{id: r1, job: j, attempts: 1, outcome: Succeeded, rolledBackFrom: v2}]"));
        // Then
        assertThat(changes(statuses).flatMap(change -> change.stepsEnded().stream()))
                .extracting(StepStatus::kind)
                .containsExactly(StepKind.Down);
    }

    private static List<Integer> retries(List<MigratorStatus> statuses) {
        return changes(statuses).map(StatusChange::retries).toList();
    }

    private static Stream<StatusChange> changes(List<MigratorStatus> statuses) {
        return IntStream.range(1, statuses.size())
                .mapToObj(next ->
                        new StatusChange(Migrators.with(Migrators.shop(), statuses.get(next - 1)), statuses.get(next)));
    }

    private static StatusChange change(Migrator before, Migrator after) {
        return new StatusChange(before, after.getStatus());
    }

    private static MigratorStatus status(String yaml) {
        return Migrators.yaml(yaml, MigratorStatus.class);
    }
}
