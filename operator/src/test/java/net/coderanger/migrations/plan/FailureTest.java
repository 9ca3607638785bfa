package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When does a failed migration run again? */
class FailureTest {

    @DisplayName("B5: without a change it stays failed, says so, and holds its pods")
    @Test
    void a_failed_run_does_not_start_again_by_itself() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1");
        // When
        story.migrationFails().goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Failed);
        assertThat(story.message())
                .contains(
                        "failed (Job shop-",
                        "exit code 1",
                        "migrations.coderanger.net/retry=",
                        "1 pod waits for shop:v1");
        story.isAtRest();
    }

    @DisplayName("B5: the same failed tag, redeployed with another template, runs again")
    @Test
    void it_starts_again_when_the_template_has_changed() {
        // Given
        var story =
                Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1").migrationFails();
        // When
        story.cluster.rollsOut("web", Workloads.template("shop:v1", "mended"));
        story.migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.waiting()).isEmpty();
    }

    @DisplayName("B5, B8: the same failed tag runs again when the Migrator's spec has changed what the Job does")
    @Test
    void it_starts_again_when_the_spec_has_changed() {
        // Given
        var story =
                Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1").migrationFails();
        // When
        story.cluster.changesSpec("job: {backoffLimit: 0}", "command: [migrate, --fake-initial]");
        story.migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @DisplayName("B5: another pod of the same template is no change")
    @Test
    void it_does_not_start_again_for_another_pod() {
        // Given
        var story =
                Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1").migrationFails();
        // When
        story.cluster.addsPod("web");
        story.goesOn();
        // Then
        assertThat(story.kubelet.running()).isFalse();
        assertThat(story.message()).contains("2 pods wait for shop:v1");
    }

    @DisplayName("B8: a new trigger runs it again, failed or not")
    @Test
    void a_new_trigger_runs_it_again() {
        // Given
        var story =
                Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1").migrationFails();
        // When
        story.cluster.changesSpec("job: {backoffLimit: 0}", "trigger: '1'");
        story.migrationSucceeds();
        story.cluster.changesSpec("job: {backoffLimit: 0}", "trigger: '2'");
        story.migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(3);
        assertThat(story.newest().trigger()).isEqualTo("2");
        story.isAtRest();
    }

    @Test
    void a_new_trigger_waits_until_the_run_that_goes_on_has_ended() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.cluster.changesSpec("trigger: '1'");
        story.migrationSucceeds().migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Migrated);
    }

    @Test
    void a_further_run_of_a_migrated_revision_that_fails_is_told_but_holds_nobody() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}").isMigratedTo("web", "shop:v1");
        // When
        story.cluster.changesSpec("job: {backoffLimit: 0}", "trigger: '1'");
        story.migrationFails();
        var pod = story.cluster.addsPod("web", story.cluster.workload("web").template(), Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Failed);
        assertThat(story.started(pod)).isTrue();
        story.isAtRest();
    }

    @DisplayName("P1-a: two workloads of one revision do not take turns at failing")
    @Test
    void a_failed_revision_is_not_tried_again_from_another_workload() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}");
        story.cluster.rollsOut("web", "shop:v1");
        story.cluster.rollsOut("worker", "shop:v1");
        // When
        story.migrationFails().goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Failed);
        story.isAtRest();
    }

    @DisplayName("P1-a: the workload that it failed from is mended, so it is tried again")
    @Test
    void a_failed_revision_is_tried_again_from_the_workload_that_was_mended() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}");
        story.cluster.rollsOut("web", "shop:v1");
        story.cluster.rollsOut("worker", "shop:v1");
        story.migrationFails();
        // When
        story.cluster.rollsOut("web", Workloads.template("shop:v1", "mended"));
        story.migrationSucceeds();
        // Then
        assertThat(story.newest().workload()).isEqualTo("Deployment/web");
        assertThat(story.waiting()).isEmpty();
    }

    @DisplayName("P1-a: the workload that it failed from no longer wants it, so another one's template is tried")
    @Test
    void a_failed_revision_is_tried_again_when_the_workload_it_failed_from_has_moved_on() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}");
        story.cluster.rollsOut("web", "shop:v1");
        story.cluster.rollsOut("worker", "shop:v1");
        story.migrationFails();
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.migrationSucceeds().migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
    }

    @DisplayName("P1-b: a short history does not forget a failure that still stands")
    @Test
    void two_failing_revisions_in_a_history_of_one_are_each_tried_once() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}", "historyLimit: 1");
        story.cluster.rollsOut("web", "shop:v1");
        story.cluster.rollsOut("worker", "api:v1");
        // When
        story.migrationFails().migrationFails().goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.runs("api:v1")).isEqualTo(1);
        assertThat(story.kubelet.running()).isFalse();
        story.isAtRest();
    }

    @DisplayName("B15: a Job that tries again is not reported as failed")
    @Test
    void an_attempt_that_failed_is_not_a_run_that_failed() {
        // Given
        var story = Story.of("job: {backoffLimit: 2}").rollsOut("web", "shop:v1");
        // When
        story.kubelet.end(1);
        story.goesOn();
        // Then
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Running);
        assertThat(story.message()).contains("an attempt has failed, it is tried again", "exit code 1");
        story.migrationSucceeds();
        assertThat(story.newest().attempts()).isEqualTo(2);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void one_failing_revision_does_not_keep_another_from_being_migrated() {
        // Given
        var story =
                Story.of("job: {backoffLimit: 0}").rollsOut("web", "shop:v1").migrationFails();
        // When
        var pod = story.cluster.rollsOut("worker", "api:v1");
        story.migrationSucceeds();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.cluster.status().phase()).isEqualTo(Phase.Failed);
        story.isAtRest();
    }

    @Test
    void a_suspended_migrator_starts_nothing_and_lets_go_on_what_runs() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        story.cluster.changesSpec("suspend: true");
        // When
        story.migrationSucceeds();
        story.cluster.rollsOut("web", "shop:v2");
        story.goesOn();
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        assertThat(story.kubelet.running()).isFalse();
        assertThat(story.message()).contains("spec.suspend is true", "1 pod waits for shop:v2");
        story.cluster.changesSpec("suspend: false");
        story.migrationSucceeds();
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_refused_job_is_tried_again_until_it_is_accepted() {
        // Given
        var story = Story.of();
        story.cluster.refusesJobs("exceeded quota: count/jobs.batch");
        story.cluster.rollsOut("web", "shop:v1");
        story.operator.reconcile();
        assertThat(story.message()).contains("exceeded quota: count/jobs.batch");
        // When
        story.cluster.refusesJobs(null);
        story.migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.waiting()).isEmpty();
    }
}
