package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.StepKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When does onFailure run? */
class OnFailureTest {

    private static final String ON_FAILURE = "onFailure: {command: [restore]}";
    private static final String AFTER = "after: [{name: verify, command: [verify]}]";
    private static final String ONE_TRY = "job: {backoffLimit: 0}";

    @Test
    void it_runs_once_after_a_failed_migration_and_the_run_has_failed_for_both_reasons() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        // When
        story.fails("migration").succeeds("on-failure");
        // Then
        assertThat(story.stepsStarted()).containsExactly("migration", "on-failure");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.newest().message())
                .contains("step migration: container migrations ended with exit code 1", "onFailure has run");
        assertThat(story.newest().steps())
                .extracting(step -> step.kind() + " " + step.state())
                .containsExactly("Migration Failed", "OnFailure Succeeded");
        story.goesOn().isAtRest();
    }

    @Test
    void a_failed_migration_makes_place_for_another_version_only_when_it_has_run() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE, "retry: {limit: 3, backoffSeconds: 100}")
                .rollsOut("web", "shop:v1")
                .fails("migration");
        // When
        story.rollsOut("web", "shop:v2");
        // Then
        assertThat(story.step()).isEqualTo("on-failure");
        assertThat(story.going().revision()).isEqualTo("shop:v1");
        story.succeeds("on-failure");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.going().revision()).isEqualTo("shop:v2");
        story.succeeds("migration");
        assertThat(story.stepsStarted()).containsExactly("migration", "on-failure", "migration");
    }

    @Test
    void a_migration_whose_job_somebody_deleted_makes_place_for_another_version_only_when_it_has_run() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        story.jobController.delete(story.going().job(), true);
        // When
        story.rollsOut("web", "shop:v2");
        // Then
        assertThat(story.step()).isEqualTo("on-failure");
        story.succeeds("on-failure").succeeds("migration");
        assertThat(story.stepsStarted()).containsExactly("migration", "on-failure", "migration");
    }

    @Test
    void a_migration_that_could_not_start_makes_place_at_once() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:broken");
        // When
        story.rollsOut("web", "shop:v2");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
        assertThat(story.going().revision()).isEqualTo("shop:v2");
    }

    @Test
    void while_it_runs_the_message_says_that_the_migration_has_failed() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        // When
        story.fails("migration");
        // Then
        assertThat(story.message())
                .isEqualTo("The migration to shop:v1 has failed, and its onFailure step runs as Job "
                        + story.going().job() + "; 1 pod waits for shop:v1");
    }

    @Test
    void until_it_is_started_the_message_says_that_the_migration_has_failed() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        story.kubelet.end(1);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.operator.reconcile();
        // Then
        assertThat(story.message())
                .isEqualTo("The migration to shop:v1 has failed, and its onFailure step is started; 1 pod waits for"
                        + " shop:v1");
    }

    @Test
    void a_run_that_is_suspended_before_it_has_failed_as_the_message_says() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        story.asks(ControlAnnotation.SuspendRun, story.going().id());
        // When
        story.fails("migration");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Suspended);
        assertThat(story.message())
                .startsWith("The migration to shop:v1 has failed, and the run is suspended before step on-failure");
        story.asks(ControlAnnotation.ResumeRun, story.going().id());
        assertThat(story.step()).isEqualTo("on-failure");
    }

    @Test
    void it_runs_after_a_failed_after() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE, AFTER).rollsOut("web", "shop:v1");
        // When
        story.succeeds("migration").fails("verify").succeeds("on-failure");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.newest().message()).contains("step verify: ", "onFailure has run");
        assertThat(story.cluster.history().migrated("shop:v1")).isFalse();
    }

    @Test
    void that_it_has_failed_too_is_said_with_both_reasons() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 3}", ON_FAILURE).rollsOut("web", "shop:v1");
        story.goesOn();
        for (var attempt = 0; attempt < 4; attempt++) {
            story.ends("migration", 3).goesOn();
        }
        // When
        story.ends("on-failure", 4).goesOn();
        // Then
        assertThat(story.stepsStarted())
                .as("it is not tried again")
                .containsExactly("migration", "migration", "migration", "migration", "on-failure");
        assertThat(story.newest().message())
                .contains("step migration: ", "exit code 3", "onFailure has failed, too: ", "exit code 4");
    }

    @Test
    void it_runs_when_somebody_deletes_the_job_of_the_migration() {
        // Given
        var story = Story.of(ON_FAILURE).rollsOut("web", "shop:v1");
        // When
        story.jobController.delete(story.going().job(), true);
        story.succeeds("on-failure");
        // Then
        assertThat(story.newest().message()).contains("its Job was deleted before it had ended", "onFailure has run");
    }

    @Test
    void it_does_not_run_after_a_cancel() {
        // Given
        var story = Story.of(ON_FAILURE).rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.newest().steps()).extracting(step -> step.kind()).doesNotContain(StepKind.OnFailure);
        assertThat(story.step()).isEmpty();
    }

    @Test
    void it_is_not_stopped_for_a_newer_revision() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE, "onNewRevision: Replace").rollsOut("web", "shop:v1");
        story.fails("migration");
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.goesOnAtOnce();
        // Then
        assertThat(story.step()).isEqualTo("on-failure");
        story.succeeds("on-failure", "migration");
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
    }

    @Test
    void a_migration_that_fails_while_its_correction_is_there_already_is_cleaned_up_first() {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        story.cluster.rollsOut("web", "shop:v2");
        // When
        story.fails("migration").succeeds("on-failure");
        // Then
        assertThat(story.cluster.status().history().getLast().message())
                .contains("exit code 1", "onFailure has run and succeeded");
        story.succeeds("migration");
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void a_crash_at_any_write_runs_it_once(int writes) {
        // Given
        var story = Story.of(ONE_TRY, ON_FAILURE).rollsOut("web", "shop:v1");
        story.kubelet.end(1);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.dies(writes).goesOnAtOnce().succeeds("on-failure");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.cluster.status().history()).hasSize(1);
        assertThat(story.cluster.jobs()).hasSize(2);
    }
}
