package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.plan.SimulatedOperator.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who lets a run start, or go on? */
class ApprovalTest {

    private static final String REQUIRED = "approval: Required";
    private static final String ONE_TRY = "job: {backoffLimit: 0}";
    private static final String PLAN = "before: [{name: plan, command: [plan], approval: Always}]";
    private static final String PLAN_MAY_ASK = "before: [{name: plan, command: [plan], approval: OnExitCode}]";

    @Test
    void nothing_starts_before_somebody_approves() {
        // Given
        var story = Story.of(REQUIRED);
        // When
        story.rollsOut("web", "shop:v1");
        // Then
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.pendingApproval().value()).isEqualTo("shop:v1");
        assertThat(story.message())
                .contains(
                        "kubectl -n prod annotate --overwrite migrator shop migrations.coderanger.net/approve='shop:v1'",
                        "spec.approvedRevision",
                        "1 pod waits for shop:v1");
        story.isAtRest();
    }

    @Test
    void the_annotation_approves_and_history_says_who_it_was() {
        // Given
        var story = Story.of(REQUIRED).rollsOut("web", "shop:v1");
        // When
        story.approves().succeeds("migration");
        // Then
        assertThat(story.waiting()).isEmpty();
        assertThat(story.newest().approvedBy()).isEqualTo("jane");
        assertThat(story.answer(ControlAnnotation.Approve)).contains("was started");
        assertThat(story.cluster.status().pendingApproval()).isNull();
    }

    @Test
    void the_spec_approves_one_revision() {
        // Given
        var story = Story.of(REQUIRED).rollsOut("web", "shop:v1");
        // When
        story.cluster.changesSpec(REQUIRED, "approvedRevision: 'shop:v1'");
        story.succeeds("migration").rollsOut("web", "shop:v2");
        // Then
        assertThat(story.newest().approvedBy()).isEqualTo("spec.approvedRevision");
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.runs("shop:v2")).isZero();
    }

    @Test
    void an_approval_of_another_revision_does_not_count() {
        // Given
        var story = Story.of(REQUIRED).rollsOut("web", "shop:v2");
        // When
        story.asks(ControlAnnotation.Approve, "shop:v1");
        // Then
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
    }

    @Test
    void a_second_run_of_the_same_revision_asks_again_and_for_another_value() {
        // Given
        var story = Story.of(REQUIRED, ONE_TRY).rollsOut("web", "shop:v1");
        story.approves().fails("migration");
        // When
        story.asks(ControlAnnotation.Retry, "1");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.pendingApproval().value()).startsWith("shop:v1 ").isNotEqualTo("shop:v1");
        story.approves().succeeds("migration");
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void every_run_that_asks_again_can_be_approved_with_the_value_it_asks_for() {
        // Given
        var story = Story.of(REQUIRED, ONE_TRY).rollsOut("web", "shop:v1");
        // When
        for (var run = 0; run < 5; run++) {
            if (run % 2 == 0) {
                story.approves().fails("migration");
            } else {
                story.asks(ControlAnnotation.Reject, story.pendingApproval().value());
            }
            assertThat(story.phase()).isEqualTo(Phase.Failed);
            story.asks(ControlAnnotation.Retry, "" + run);
        }
        // Then
        story.approves().succeeds("migration");
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_rejected_revision_is_not_run() {
        // Given
        var story = Story.of(REQUIRED, "trigger: t1").rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Reject, "shop:v1 not on a friday");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.ready().reason()).isEqualTo(Reason.MigrationsRejected.name());
        assertThat(story.message()).contains("rejected by jane: shop:v1 not on a friday", "1 pod waits");
        assertThat(story.cluster.jobs()).isEmpty();
        story.isAtRest();
    }

    @Test
    void a_newer_revision_takes_the_place_of_one_that_waits_for_approval() {
        // Given
        var story = Story.of(REQUIRED).rollsOut("web", "shop:v1");
        // When
        story.rollsOut("web", "shop:v2").approves();
        // Then
        assertThat(story.going().revision()).isEqualTo("shop:v2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_crash_at_any_write_of_an_approved_start_neither_loses_nor_repeats_it(int writes) {
        // Given
        var story = Story.of(REQUIRED, ONE_TRY).rollsOut("web", "shop:v1");
        story.cluster.annotates(ControlAnnotation.Approve, "shop:v1");
        // When
        story.dies(writes).goesOnAtOnce().fails("migration");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.newest().approvedBy()).isEqualTo("jane");
        assertThat(story.answer(ControlAnnotation.Approve)).contains("was started");
        story.asks(ControlAnnotation.Retry, "1");
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
    }

    @Test
    void a_run_waits_after_a_step_that_always_asks() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1");
        // When
        story.succeeds("plan");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.pendingApproval().step()).isEqualTo("plan");
        assertThat(story.pendingApproval().value())
                .isEqualTo("shop:v1 " + story.going().job());
        assertThat(story.message()).contains("after step plan", "approve='shop:v1 shop-", "1 pod waits");
        story.goesOn().isAtRest();
        story.approves().succeeds("migration");
        assertThat(story.newest().steps().getFirst().approvedBy()).isEqualTo("jane");
        assertThat(story.newest().approvedBy()).isEqualTo("jane");
    }

    @Test
    void exit_code_2_asks() {
        // Given
        var story = Story.of(PLAN_MAY_ASK).rollsOut("web", "shop:v1");
        // When
        story.ends("plan", 2);
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        story.approves().succeeds("migration");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void exit_code_0_goes_on_by_itself() {
        // Given
        var story = Story.of(PLAN_MAY_ASK).rollsOut("web", "shop:v1");
        // When
        story.succeeds("plan");
        // Then
        assertThat(story.step()).isEqualTo("migration");
    }

    @Test
    void any_other_exit_code_is_a_failure() {
        // Given
        var story = Story.of(PLAN_MAY_ASK, ONE_TRY).rollsOut("web", "shop:v1");
        // When
        story.ends("plan", 3);
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.message()).contains("exit code 3");
    }

    @Test
    void exit_code_2_of_a_step_that_does_not_ask_is_a_failure() {
        // Given
        var story = Story.of(ONE_TRY).rollsOut("web", "shop:v1");
        // When
        story.ends("migration", 2);
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
    }

    @Test
    void an_approval_of_the_revision_alone_or_of_another_job_does_not_let_a_step_go_on() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        // When
        story.asks(ControlAnnotation.Approve, "shop:v1");
        story.asks(ControlAnnotation.Approve, story.pendingApproval().value() + "-2");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.cluster.jobs()).hasSize(1);
    }

    @Test
    void an_approval_of_a_step_does_not_count_for_the_next_run() {
        // Given
        var story = Story.of(PLAN, ONE_TRY).rollsOut("web", "shop:v1").succeeds("plan");
        var before = story.pendingApproval().value();
        story.approves().fails("migration").asks(ControlAnnotation.Retry, "1").succeeds("plan");
        // When
        story.asks(ControlAnnotation.Approve, before + " once more");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.pendingApproval().value()).isNotEqualTo(before);
    }

    @Test
    void a_rejected_step_ends_the_run() {
        // Given
        var story = Story.of(PLAN, "onFailure: {command: [restore]}")
                .rollsOut("web", "shop:v1")
                .succeeds("plan");
        // When
        story.asks(ControlAnnotation.Reject, story.pendingApproval().value() + " drops a table");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(story.newest().message()).contains("rejected by jane: ", "drops a table");
        assertThat(story.newest().approvedBy()).isNull();
        assertThat(story.newest().steps().getFirst().approvedBy()).isNull();
        assertThat(story.stepsStarted()).doesNotContain("migration", "on-failure");
        assertThat(story.message()).contains("1 pod waits", "migrations.coderanger.net/retry=");
        story.goesOn().isAtRest();
    }

    @Test
    void whoever_says_no_is_heard_although_somebody_else_has_said_yes_a_moment_before() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        var value = story.pendingApproval().value();
        // When
        story.cluster.annotates(ControlAnnotation.Approve, value);
        story.asks(ControlAnnotation.Reject, value);
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(story.stepsStarted()).doesNotContain("migration");
        story.isAtRest();
    }

    @Test
    void a_last_step_that_asks_holds_the_pods_until_it_is_approved() {
        // Given
        var story = Story.of("after: [{name: verify, command: [verify], approval: Always}]");
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.succeeds("migration", "verify");
        // Then
        assertThat(story.started(pod)).isFalse();
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        story.approves();
        assertThat(story.started(pod)).isTrue();
        assertThat(story.newest().steps().getLast().approvedBy()).isEqualTo("jane");
    }

    @Test
    void a_newer_revision_takes_the_place_of_a_plan_that_waits_for_approval() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        // When
        story.rollsOut("web", "shop:v2");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
        assertThat(story.step()).isEqualTo("plan");
        assertThat(story.going().revision()).isEqualTo("shop:v2");
        story.succeeds("plan").approves().succeeds("migration");
        assertThat(story.waiting()).hasSize(1).allMatch(pod -> pod.equals("web-1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_crash_at_any_write_after_the_approval_of_a_step_neither_loses_nor_repeats_it(int writes) {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        story.cluster.annotates(
                ControlAnnotation.Approve, story.pendingApproval().value());
        // When
        story.dies(writes).goesOnAtOnce().succeeds("migration");
        // Then
        assertThat(story.newest().steps().getFirst().approvedBy()).isEqualTo("jane");
        assertThat(story.cluster.jobs()).hasSize(2);
    }

    @Test
    void a_leader_that_was_stopped_before_it_went_on_finds_that_the_run_has_ended() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        story.cluster.annotates(
                ControlAnnotation.Approve, story.pendingApproval().value());
        story.operator.pausesBeforeCreating();
        story.operator.restarts(0);
        story.asks(ControlAnnotation.Cancel, "1");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        // When
        story.operator.goesOn();
        story.goesOn();
        // Then
        assertThat(story.step()).isEmpty();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.stepsStarted()).doesNotContain("migration");
    }

    @Test
    void a_leader_that_knows_of_no_further_job_does_not_end_a_run_that_goes_on() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan").approves();
        assertThat(story.step()).isEqualTo("migration");
        // When
        story.cluster.annotates(ControlAnnotation.Cancel, "1");
        story.operator.restarts(100);
        story.operator.reconcile(new Faults(9, 0, 100, 0));
        story.goesOnAtOnce();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.operator.done())
                .as("a step that runs is ended in order")
                .anyMatch(Action.StopJob.class::isInstance);
    }

    @Test
    void since_when_a_run_waits_does_not_change() {
        // Given
        var story = Story.of(PLAN).rollsOut("web", "shop:v1").succeeds("plan");
        var since = story.pendingApproval().since();
        // When
        story.cluster.passes(java.time.Duration.ofMinutes(5));
        story.goesOnAtOnce();
        // Then
        assertThat(story.pendingApproval().since()).isEqualTo(since);
    }
}
