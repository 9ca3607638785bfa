package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.api.StepState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In what order do the steps of a run go, and what do they hold back? */
class StepsTest {

    private static final String BEFORE = "before: [{name: plan, command: [plan]}, {name: backup, command: [backup]}]";
    private static final String AFTER = "after: [{name: verify, command: [verify]}]";
    private static final String ONE_TRY = "job: {backoffLimit: 0}";

    @Test
    void steps_run_one_after_the_other() {
        // Given
        var story = Story.of(BEFORE, AFTER).rollsOut("web", "shop:v1");
        // When
        story.succeeds("plan", "backup", "migration", "verify");
        // Then
        assertThat(story.stepsStarted()).containsExactly("plan", "backup", "migration", "verify");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
        assertThat(story.newest().steps())
                .extracting(step -> step.name() + " " + step.state())
                .containsExactly("plan Succeeded", "backup Succeeded", "migration Succeeded", "verify Succeeded");
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @Test
    void pods_start_only_after_the_last_step() {
        // Given
        var story = Story.of(BEFORE, AFTER);
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.succeeds("plan", "backup", "migration");
        // Then
        assertThat(story.started(pod)).isFalse();
        assertThat(story.cluster.history().migrated("shop:v1")).isFalse();
        story.succeeds("verify");
        assertThat(story.started(pod)).isTrue();
        story.goesOn().isAtRest();
    }

    @Test
    void the_status_says_which_step_it_is_at() {
        // Given
        var story = Story.of(BEFORE, AFTER).rollsOut("web", "shop:v1");
        // When
        story.succeeds("plan", "backup");
        // Then
        assertThat(story.going().step()).isEqualTo("3/4 migration");
        assertThat(story.going().steps())
                .extracting(step -> step.state())
                .containsExactly(StepState.Succeeded, StepState.Succeeded, StepState.Running, StepState.Pending);
        assertThat(story.message()).contains("step 3/4 migration", "1 pod waits for shop:v1");
    }

    @Test
    void the_status_names_a_job_from_the_moment_it_is_created() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.operator.reconcile();
        // Then
        assertThat(story.going().job())
                .isEqualTo(story.cluster.jobs().getLast().getMetadata().getName())
                .endsWith("-2");
        assertThat(story.going().step()).isEqualTo("2/3 backup");
    }

    @Test
    void a_before_that_fails_lets_nothing_follow() {
        // Given
        var story = Story.of(ONE_TRY, BEFORE, "onFailure: {command: [restore]}").rollsOut("web", "shop:v1");
        // When
        story.fails("plan");
        // Then
        assertThat(story.stepsStarted()).containsExactly("plan");
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.message()).contains("step plan: container migrations ended with exit code 1", "1 pod waits");
        story.goesOn().isAtRest();
    }

    @Test
    void an_after_that_fails_keeps_the_pods_waiting() {
        // Given
        var story = Story.of(ONE_TRY, AFTER).rollsOut("web", "shop:v1");
        // When
        story.succeeds("migration").fails("verify");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message()).contains("step verify: ", "1 pod waits");
        story.goesOn().isAtRest();
    }

    @Test
    void a_failed_run_starts_again_from_its_first_step() {
        // Given
        var story = Story.of(ONE_TRY, BEFORE, AFTER).rollsOut("web", "shop:v1");
        story.succeeds("plan", "backup", "migration").fails("verify");
        // When
        story.cluster.changesSpec(ONE_TRY, BEFORE, AFTER, "trigger: again");
        story.succeeds("plan", "backup", "migration", "verify");
        // Then
        assertThat(story.waiting()).isEmpty();
        assertThat(story.cluster.status().history())
                .extracting(entry -> entry.outcome())
                .containsExactly(Outcome.Succeeded, Outcome.Failed);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void a_crash_at_any_write_between_two_steps_starts_neither_twice(int writes) {
        // Given
        var story = Story.of(BEFORE, AFTER).rollsOut("web", "shop:v1");
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.dies(writes).goesOnAtOnce().succeeds("backup", "migration", "verify");
        // Then
        assertThat(story.waiting()).isEmpty();
        assertThat(story.cluster.status().history()).hasSize(1);
    }

    @Test
    void a_run_goes_on_as_it_set_out_though_the_template_changes_after_the_migration() {
        // Given
        var story = Story.of(BEFORE, AFTER).rollsOut("web", "shop:v1");
        story.succeeds("plan", "backup", "migration");
        // When
        story.cluster.changesSpec(BEFORE, "after: [{name: smoke, command: [smoke]}]");
        story.cluster.rollsOut("web", "shop:v2");
        story.succeeds("verify");
        // Then
        assertThat(story.cluster.history().migrated("shop:v1")).isTrue();
        story.succeeds("plan", "backup", "migration", "smoke");
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
    }

    @Test
    void a_run_makes_place_for_its_correction_before_its_migration_has_begun() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.succeeds("plan");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
        assertThat(story.newest().message()).isEqualTo("stopped for shop:v2");
        story.succeeds("plan", "backup", "migration");
        assertThat(story.cluster.history().migrated("shop:v2")).isTrue();
        assertThat(story.cluster.history().migrated("shop:v1")).isFalse();
    }

    @Test
    void a_migration_that_has_begun_is_not_stopped_for_another_spec() {
        // Given
        var story = Story.of(BEFORE, AFTER).rollsOut("web", "shop:v1");
        story.succeeds("plan", "backup");
        // When
        story.cluster.changesSpec(AFTER);
        story.goesOnAtOnce();
        // Then
        assertThat(story.step()).isEqualTo("migration");
        story.succeeds("migration", "verify");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void a_step_whose_job_vanished_with_its_finalizer_is_not_started_again() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.succeeds("plan");
        // When
        loses(story, story.going().job());
        story.goesOnAtOnce();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message()).contains("its Job is gone", "look at the database");
        assertThat(story.newest().steps())
                .extracting(step -> step.state())
                .containsExactly(StepState.Succeeded, StepState.Failed, StepState.Pending);
        assertThat(story.stepsStarted()).containsExactly("plan", "backup");
    }

    @Test
    void a_run_whose_first_job_vanished_with_its_finalizer_ends_and_says_why() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.succeeds("plan");
        // When
        loses(story, story.cluster.jobs().getFirst().getMetadata().getName());
        story.succeeds("backup");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message()).contains("its first Job is gone", "what comes after step backup");
    }

    @Test
    void a_step_does_not_start_beside_a_job_that_a_stopped_leader_has_created_late() {
        // Given
        var story = Story.of(BEFORE);
        story.cluster.rollsOut("web", "shop:v1");
        story.operator.pausesBeforeCreating();
        story.goesOnAtOnce().asks(ControlAnnotation.Cancel, "1");
        story.goesOn();
        assertThat(story.cluster.jobs()).isEmpty();
        story.rollsOut("web", "shop:v2");
        story.kubelet.end(0);
        // When
        story.operator.goesOn();
        story.jobController.sync();
        story.kubelet.startMigrations();
        story.jobController.sync();
        story.operator.reconcile();
        // Then
        assertThat(story.cluster.jobs()).hasSize(2);
        assertThat(story.stepsStarted()).endsWith("plan");
        story.goesOnAtOnce();
        assertThat(story.step()).isEqualTo("backup");
    }

    private static void loses(Story story, String job) {
        story.jobController.delete(job, false);
        story.cluster.edit(
                job,
                edited -> edited.editMetadata()
                        .removeFromFinalizers(Gates.OUTCOME_FINALIZER)
                        .endMetadata());
        story.jobController.sync();
        story.jobController.sync();
    }

    @Test
    void steps_that_do_not_fit_on_a_job_are_refused_with_a_word() {
        // Given
        var long150k = "x".repeat(150 * 1024);
        var story = Story.of("before: [{name: a, args: [" + long150k + "]}, {name: b, args: [" + long150k + "]}]");
        // When
        story.rollsOut("web", "shop:v1");
        // Then
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.Invalid);
        assertThat(story.ready().reason()).isEqualTo(Reason.StepsTooLarge.name());
        assertThat(story.message()).contains("use fewer", "1 pod waits for shop:v1");
        story.isAtRest();
    }
}
