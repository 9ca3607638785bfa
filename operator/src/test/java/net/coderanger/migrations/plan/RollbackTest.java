package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
        story.cluster.witness.asksAgain();
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
        story.cluster.witness.asksAgain();
        story.cluster.witness.asksAgain();
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
}
