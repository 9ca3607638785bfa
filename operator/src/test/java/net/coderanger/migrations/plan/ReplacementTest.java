package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** May a run that is going on be stopped? */
class ReplacementTest {

    @DisplayName("B2: Queue: a run whose template has changed ends first")
    @Test
    void a_run_ends_before_the_next_one_starts() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.goesOn();
        // Then
        assertThat(story.operator.done()).noneMatch(Action.StopJob.class::isInstance);
        assertThat(story.kubelet.running()).isTrue();
        story.migrationSucceeds().migrationSucceeds();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.runs("shop:v2")).isEqualTo(1);
    }

    @DisplayName("B2: Replace: a run whose revision nobody wants any more is stopped")
    @Test
    void a_run_is_replaced_when_the_user_wants_it() {
        // Given
        var story = Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1");
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.goesOn();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
        assertThat(story.newest().message()).isEqualTo("stopped for shop:v2");
        story.migrationSucceeds();
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
        assertThat(story.cluster.history().migrated("shop:v1")).isFalse();
    }

    @Test
    void a_run_that_is_still_wanted_is_not_replaced() {
        // Given
        var story = Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1");
        // When
        story.cluster.rollsOut("worker", "api:v1");
        story.goesOn();
        // Then
        assertThat(story.operator.done()).noneMatch(Action.StopJob.class::isInstance);
    }

    @Test
    void a_run_is_not_stopped_for_a_revision_that_is_migrated() {
        // Given
        var story = Story.of("onNewRevision: Replace")
                .isMigratedTo("web", "shop:v1")
                .rollsOut("web", "shop:v2");
        // When
        story.rollsOut("web", "shop:v1");
        // Then
        assertThat(story.operator.done()).noneMatch(Action.StopJob.class::isInstance);
    }

    @Test
    void what_a_run_is_stopped_for_stands_in_the_status_before_it_is_stopped() {
        // Given
        var story = Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1");
        story.cluster.rollsOut("web", "shop:v2");
        // When
        story.dies(1);
        // Then
        assertThat(story.operator.done()).noneMatch(Action.StopJob.class::isInstance);
        assertThat(story.cluster.status().run())
                .extracting(run -> run.replacedBy())
                .isEqualTo("shop:v2");
        story.goesOn();
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
    }

    @Test
    void a_run_that_was_stopped_is_run_again_when_its_revision_is_wanted_again() {
        // Given
        var story = Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1");
        story.rollsOut("web", "shop:v2").migrationSucceeds();
        // When
        story.isMigratedTo("web", "shop:v1");
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_migration_that_succeeds_while_it_is_stopped_has_succeeded() {
        // Given
        var story = Story.of("onNewRevision: Replace").rollsOut("web", "shop:v1");
        story.cluster.rollsOut("web", "shop:v2");
        story.operator.reconcile();
        story.jobController.sync();
        // When
        story.kubelet.end(0);
        story.goesOn();
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
    }

    @DisplayName("a Job whose image cannot be pulled makes way for its correction, though the user said Queue")
    @Test
    void a_run_that_cannot_start_makes_way_for_its_correction() {
        // Given
        var story = Story.of().rollsOut("web", "shop:broken");
        assertThat(story.message()).contains("ImagePullBackOff", "1 pod waits for shop:broken");
        // When
        story.rollsOut("web", "shop:v1");
        // Then
        assertThat(story.cluster.status().run())
                .extracting(run -> run.revision())
                .isEqualTo("shop:v1");
        story.migrationSucceeds();
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
    }

    @DisplayName("a Job that cannot start is corrected by spec, too")
    @Test
    void a_run_that_cannot_start_makes_way_for_another_spec() {
        // Given
        var story = Story.of("image: tools:broken").rollsOut("web", "shop:v1");
        // When
        story.cluster.changesSpec("image: tools:7");
        story.migrationSucceeds();
        // Then
        assertThat(story.newest().image()).isEqualTo("tools:7");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void a_run_that_cannot_start_stays_while_nothing_is_corrected() {
        // Given
        var story = Story.of().rollsOut("web", "shop:broken");
        // When
        story.cluster.addsPod("web");
        story.goesOn();
        // Then
        assertThat(story.operator.done()).noneMatch(Action.StopJob.class::isInstance);
        story.isAtRest();
    }

    @Test
    void a_run_that_has_tried_once_is_not_stuck_when_its_next_pod_cannot_start() {
        // Given
        var migrator = Migrators.shop();
        var web = Workloads.deployment("web", "shop:v1");
        var job = Jobs.of(migrator, web)
                .with(made -> made.editOrNewStatus().withFailed(1).endStatus())
                .pod(
                        "phase: Pending",
                        "containerStatuses:",
                        "- {name: migrations, state: {waiting: {reason: ErrImagePull}}}");
        // When
        var plan = Seen.of(migrator)
                .pods(Pods.of("web-1", Workloads.deployment("web", "shop:v2")).waiting())
                .jobs(job)
                .plan();
        // Then
        assertThat(Seen.actions(plan, Action.StopJob.class)).isEmpty();
    }

    @DisplayName("P1-f: a Job that cannot start and that its user deletes in the background goes, and is recorded")
    @Test
    void a_job_that_cannot_start_and_is_deleted_does_not_hang() {
        // Given
        var story = Story.of().rollsOut("web", "shop:broken");
        // When
        story.jobController.delete(story.cluster.jobs().getFirst().getMetadata().getName(), false);
        story.goesOn();
        story.rollsOut("web", "shop:v1");
        // Then
        story.migrationSucceeds();
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
    }
}
