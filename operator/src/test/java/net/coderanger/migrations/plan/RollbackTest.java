package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import java.util.List;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a workload goes back? */
class RollbackTest {

    @DisplayName("B5: Skip: nothing runs, the pods start at once")
    @Test
    void going_back_runs_nothing() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Migrated);
    }

    @DisplayName("B5: Run: the older revision's migration runs again first")
    @Test
    void going_back_runs_the_older_migration_when_the_user_wants_it() {
        // Given
        var story = Story.of("onRollback: Run").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isFalse();
        story.migrationSucceeds();
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        story.isAtRest();
    }

    @DisplayName("B5: Run, and back and forth: each change of direction is one run")
    @Test
    void going_forth_again_runs_again() {
        // Given
        var story = Story.of("onRollback: Run").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        story.isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2").goesOn();
        // Then
        assertThat(story.runs("shop:v2")).isEqualTo(2);
        assertThat(story.kubelet.running()).isFalse();
    }

    @DisplayName("Run: a pod of the older version that is only re-created during a rollout passes")
    @Test
    void a_recreated_pod_is_no_rollback() {
        // Given
        var story = Story.of("onRollback: Run").isMigratedTo("web", "shop:v1");
        var old = story.cluster.workload("web").template();
        story.isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.addsPod("web", old, Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @DisplayName("P1-c: Run, two workloads of one image: the second one's rollout is no rollback")
    @Test
    void a_workload_that_follows_another_does_not_run_it_again() {
        // Given
        var story = Story.of("onRollback: Run").isMigratedTo("web", "shop:v1");
        story.rollsOut("worker", "shop:v1").isMigratedTo("worker", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v2");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v2")).isEqualTo(1);
    }

    @DisplayName("B5: going back while the newer one's migration runs: it ends, and the older pods start at once")
    @Test
    void going_back_while_the_newer_migration_runs() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1").rollsOut("web", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.kubelet.running()).isTrue();
        story.migrationSucceeds();
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Migrated);
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
    }

    @DisplayName("B5: going back after the newer one has failed makes the Migrator ready again")
    @Test
    void going_back_after_a_failure() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}").isMigratedTo("web", "shop:v1");
        var failed = story.cluster.rollsOut("web", "shop:v2");
        story.migrationFails();
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.cluster.deletesPod(failed.getMetadata().getName());
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Migrated);
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        story.isAtRest();
    }

    @Test
    void a_pod_passes_unseen_only_where_the_workload_need_not_be_looked_at() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        var history = story.cluster.history();
        // Then
        var skip = OnRollback.Skip;
        var run = OnRollback.Run;
        assertThat(history.passesUnseen("shop:v1", skip)).isTrue();
        assertThat(history.passesUnseen("shop:v1", run)).isFalse();
        assertThat(history.passesUnseen("shop:v2", run)).isTrue();
        assertThat(history.passesUnseen("shop:v3", skip)).isFalse();
    }

    @DisplayName("Down: the newer version's image takes the database back first")
    @Test
    void the_newer_image_takes_the_database_back() {
        // Given
        var story = down().isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.step()).isEqualTo("down");
        assertThat(story.started(pod)).isFalse();
        assertThat(container(story).getImage()).isEqualTo("shop:v2");
        assertThat(container(story).getCommand()).containsExactly("undo");
        assertThat(environment(story)).contains("MIGRATIONS_FROM_REVISION=shop:v2", "MIGRATIONS_REVISION=shop:v1");
        story.succeeds("down");
        assertThat(story.started(pod)).isTrue();
        assertThat(story.newest().rolledBackFrom()).isEqualTo("shop:v2");
        story.goesOn().isAtRest();
    }

    @DisplayName("Down, twice in a row: each newer version takes back its own")
    @Test
    void two_steps_back() {
        // Given
        var story = down().isMigratedTo("web", "shop:v1")
                .isMigratedTo("web", "shop:v2")
                .isMigratedTo("web", "shop:v3");
        // When
        story.rollsOut("web", "shop:v2").succeeds("down").rollsOut("web", "shop:v1");
        // Then
        assertThat(container(story).getImage()).isEqualTo("shop:v2");
        assertThat(environment(story)).contains("MIGRATIONS_FROM_REVISION=shop:v2");
        story.succeeds("down");
        assertThat(story.phase()).isEqualTo(Phase.Migrated);
    }

    @DisplayName("Down, then forth again: the newer version is migrated again")
    @ParameterizedTest
    @ValueSource(strings = {"shop:v2", "shop:v3"})
    void going_forth_after_down_migrates_up_again(String image) {
        // Given
        var story = down().isMigratedTo("web", "shop:v1")
                .isMigratedTo("web", "shop:v2")
                .isMigratedTo("web", "shop:v3");
        story.rollsOut("web", "shop:v1").succeeds("down");
        // When
        var pod = story.cluster.rollsOut("web", image);
        story.goesOn();
        // Then
        assertThat(story.step()).isEqualTo("migration");
        assertThat(story.started(pod)).isFalse();
        story.succeeds("migration");
        assertThat(story.started(pod)).isTrue();
    }

    @DisplayName("Down, then further back: not what is older, but what was taken back, is forgotten")
    @Test
    void what_is_older_than_the_target_stays_migrated() {
        // Given
        var story = down().isMigratedTo("web", "shop:v1")
                .isMigratedTo("web", "shop:v2")
                .isMigratedTo("web", "shop:v3");
        story.rollsOut("web", "shop:v2").succeeds("down");
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        assertThat(story.cluster.history().migrated("shop:v3")).isFalse();
    }

    @Test
    void a_down_that_fails_holds_the_pods_and_says_so() {
        // Given
        var story =
                down("job: {backoffLimit: 0}").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        story.rollsOut("web", "shop:v1").fails("down");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.message()).contains("exit code 1", "1 pod waits for shop:v1");
        story.asks(ControlAnnotation.Retry, "1").succeeds("down");
        assertThat(story.waiting()).isEmpty();
    }

    @DisplayName("Block: the pods wait, and the message says what lets them start")
    @Test
    void going_back_is_blocked() {
        // Given
        var story = Story.of("onRollback: Block").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isFalse();
        assertThat(story.phase()).isEqualTo(Phase.Blocked);
        assertThat(story.message())
                .contains("Deployment/web went back to shop:v1", "baseline='shop:v1'", "1 pod waits");
        story.isAtRest();
        story.asks(ControlAnnotation.Retry, "1");
        assertThat(story.cluster.jobs()).as("asking for a run does not help").isEmpty();
        story.asks(ControlAnnotation.Baseline, "shop:v1");
        assertThat(story.started(pod)).isTrue();
        assertThat(story.phase()).isEqualTo(Phase.Migrated);
    }

    @Test
    void a_second_way_back_is_let_through_by_the_value_that_the_message_names() {
        // Given
        var story = Story.of("onRollback: Block").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        story.rollsOut("web", "shop:v1").asks(ControlAnnotation.Baseline, "shop:v1");
        story.rollsOut("web", "shop:v2").asks(ControlAnnotation.Baseline, "shop:v2");
        story.cluster.annotatesUnchecked(ControlAnnotation.Baseline, "shop:v1");
        // When
        story.rollsOut("web", "shop:v1");
        // Then
        assertThat(story.message()).contains("baseline='shop:v1 again'");
        story.asks(ControlAnnotation.Baseline, "shop:v1 again");
        assertThat(story.phase()).isEqualTo(Phase.Migrated);
    }

    @DisplayName("Block: forth is always allowed")
    @Test
    void going_forth_is_not_blocked() {
        // Given
        var story = Story.of("onRollback: Block").isMigratedTo("web", "shop:v1").isMigratedTo("web", "shop:v2");
        story.rollsOut("web", "shop:v1");
        // When
        story.isMigratedTo("web", "shop:v3");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Migrated);
    }

    private static Story down(String... more) {
        return Story.of("onRollback: Down\ndown: {command: [undo]}\n" + String.join("\n", more));
    }

    private static Container container(Story story) {
        return story.cluster
                .job(story.going().job())
                .orElseThrow()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }

    private static List<String> environment(Story story) {
        return container(story).getEnv().stream()
                .map(variable -> variable.getName() + "=" + variable.getValue())
                .toList();
    }
}
