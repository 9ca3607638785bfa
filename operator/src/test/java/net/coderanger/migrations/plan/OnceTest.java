package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.plan.SimulatedOperator.Faults;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A revision is migrated once, whatever dies when. The cluster's witness objects to a second run by itself. */
class OnceTest {

    @Test
    void a_new_revision_is_migrated_once_and_then_its_pods_start() {
        // Given
        var story = Story.of();
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.migrationSucceeds();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.status().lastSuccessfulMigration()).isEqualTo("shop:v1");
        story.isAtRest();
    }

    @DisplayName("B1: a crash at any write while a run starts does not run it twice")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void a_crash_while_a_run_starts_does_not_run_it_twice(int writes) {
        // Given
        var story = Story.of();
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.dies(writes).migrationSucceeds();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @DisplayName("B1: a crash at any write after the outcome does not run it again")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void a_crash_after_the_outcome_does_not_run_it_again(int writes) {
        // Given
        var story = Story.of("retention: Never");
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn().kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.dies(writes);
        story.cluster.passes(Duration.ofMinutes(1));
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.jobs()).isEmpty();
    }

    @DisplayName("B1: the Job is made from an older template than the plan of the leader that finds it")
    @Test
    void a_job_that_was_created_before_a_crash_is_taken_for_what_it_is() {
        // Given
        var story = Story.of();
        story.cluster.rollsOut("web", "shop:v1");
        story.dies(1);
        story.cluster.rollsOut("web", "shop:v2");
        // When
        story.operator.restarts(100);
        story.operator.reconcile(new Faults(9, 0, 100, 0));
        story.migrationSucceeds();
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        assertThat(story.cluster.history().migrated("shop:v2")).isFalse();
        story.migrationSucceeds();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.runs("shop:v2")).isEqualTo(1);
    }

    @Test
    void an_outdated_cache_of_migrators_starts_nothing() {
        // Given
        var story = Story.of("retention: Never").isMigratedTo("web", "shop:v1");
        story.cluster.passes(Duration.ofMinutes(1));
        story.goesOn();
        // When
        story.operator.restarts(100);
        story.operator.reconcile(new Faults(9, 0, 0, 100));
        // Then
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @Test
    void a_leader_that_was_stopped_before_it_created_the_job_finds_the_name_taken() {
        // Given
        var story = Story.of("retention: Never");
        story.cluster.rollsOut("web", "shop:v1");
        story.operator.pausesBeforeCreating();
        story.succeeds("migration");
        // When
        story.operator.goesOn();
        story.goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @Test
    void a_leader_that_was_stopped_finds_the_name_of_a_cancelled_run_taken() {
        // Given
        var story = Story.of();
        story.cluster.rollsOut("web", "shop:v1");
        story.operator.pausesBeforeCreating();
        story.goesOnAtOnce().asks(ControlAnnotation.Cancel, "1");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        // When
        story.operator.goesOn();
        // Then
        assertThat(story.cluster.jobs())
                .singleElement()
                .satisfies(job ->
                        assertThat(job.getMetadata().getDeletionTimestamp()).isNotNull());
        story.goesOnAtOnce();
        assertThat(story.step()).isEmpty();
        story.goesOn();
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @Test
    void a_job_that_a_user_deletes_while_it_runs_is_recorded_and_not_run_again() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.jobController.delete(story.cluster.jobs().getFirst().getMetadata().getName(), true);
        story.goesOn();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message())
                .contains(
                        "was deleted before it had ended",
                        "migrations.coderanger.net/retry=",
                        "1 pod waits for shop:v1");
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.jobs()).isEmpty();
        story.isAtRest();
    }

    @Test
    void a_job_that_a_user_deletes_in_the_background_is_stopped_as_it_would_be_without_the_finalizer() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.jobController.delete(story.cluster.jobs().getFirst().getMetadata().getName(), false);
        story.goesOn();
        // Then
        assertThat(story.operator.done())
                .filteredOn(Action.StopJob.class::isInstance)
                .hasSize(1);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.cluster.jobs()).isEmpty();
    }

    @Test
    void a_job_that_succeeds_although_a_user_has_deleted_it_has_succeeded() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        story.jobController.delete(story.cluster.jobs().getFirst().getMetadata().getName(), true);
        story.jobController.sync();
        // When
        story.kubelet.end(0);
        story.goesOn();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_job_that_vanished_with_its_finalizer_is_lost_and_said_to_be() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        var job = story.cluster.jobs().getFirst().getMetadata().getName();
        // When
        story.jobController.delete(job, false);
        story.cluster.edit(job, edited -> edited.editMetadata().withFinalizers().endMetadata());
        story.jobController.sync();
        story.goesOn();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message()).contains("its Job is gone", "look at the database before it is run again");
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @Test
    void a_lost_job_runs_again_when_the_user_asks_for_it() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        story.jobController.delete(story.cluster.jobs().getFirst().getMetadata().getName(), true);
        story.goesOn();
        // When
        story.cluster.changesSpec("trigger: again");
        story.migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.waiting()).isEmpty();
    }

    @DisplayName(
            "P2-d: an outcome whose Job could not be let go is not settled a second time, however short the history")
    @Test
    void an_outcome_that_would_be_forgotten_before_its_job_is_let_go_is_kept() {
        // Given
        var story = Story.of("historyLimit: 1").rollsOut("web", "shop:v1");
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        story.dies(1); // the status stands, the Job is not let go
        story.cluster
                .pods()
                .forEach(pod -> story.cluster.deletesPod(pod.getMetadata().getName()));
        story.cluster.rollsOut("web", "shop:v2");
        story.dies(1); // the next Job exists, no more
        story.jobController.sync();
        story.kubelet.startMigrations();
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        story.dies(1);
        // When
        story.goesOn();
        // Then
        assertThat(story.newest().revision()).isEqualTo("shop:v2");
        assertThat(story.cluster.status().history()).hasSize(1);
    }
}
