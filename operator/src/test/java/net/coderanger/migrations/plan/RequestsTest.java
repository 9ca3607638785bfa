package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of a control annotation? */
class RequestsTest {

    private static final String ONE_TRY = "job: {backoffLimit: 0}";
    private static final String BEFORE = "before: [{name: plan, command: [plan]}]";
    private static final String ASKS = "before: [{name: plan, command: [plan], approval: Always}]";

    @Test
    void cancel_ends_the_step_that_runs() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        assertThat(story.ready().reason()).isEqualTo(Reason.MigrationsCancelled.name());
        assertThat(story.message()).contains("cancelled by jane", "migrations.coderanger.net/retry=", "1 pod waits");
        assertThat(story.answer(ControlAnnotation.Cancel)).contains("is stopped");
        story.goesOn().isAtRest();
    }

    @Test
    void cancel_between_two_steps_lets_no_other_start() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.stepsStarted()).doesNotContain("migration");
        story.goesOn().isAtRest();
    }

    @Test
    void cancel_ends_a_run_that_waits_for_its_next_attempt() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 5, backoffSeconds: 300}")
                .rollsOut("web", "shop:v1")
                .fails("migration");
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        story.cluster.passes(Duration.ofHours(1));
        story.goesOn().isAtRest();
        assertThat(story.step()).isEmpty();
    }

    @Test
    void cancel_ends_a_run_that_waits_for_approval() {
        // Given
        var story = Story.of(ASKS).rollsOut("web", "shop:v1").succeeds("plan");
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.cluster.status().pendingApproval()).isNull();
        story.goesOn().isAtRest();
    }

    @Test
    void a_cancelled_run_whose_pod_is_gone_keeps_the_attempts_that_were_recorded() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.cluster.annotates(ControlAnnotation.Cancel, "1");
        story.operator.reconcile();
        story.operator.reconcile();
        // When
        var plan = Planner.plan(afterItsPods(story));
        // Then
        var run = plan.status().history().getFirst();
        assertThat(run.outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(run.attempts()).isEqualTo(1);
        assertThat(run.steps()).extracting(StepStatus::attempts).containsExactly(1, null);
    }

    @Test
    void a_cancelled_run_that_takes_the_name_of_its_next_step_first_keeps_its_attempts_meanwhile() {
        // Given
        var story = Story.of("onFailure: {command: [restore]}").rollsOut("web", "shop:v1");
        story.cluster.annotates(ControlAnnotation.Cancel, "1");
        story.operator.reconcile();
        story.operator.reconcile();
        // When
        var plan = Planner.plan(afterItsPods(story));
        // Then
        assertThat(plan.start()).isPresent();
        assertThat(Objects.requireNonNull(plan.status().run()).attempt()).isEqualTo(1);
    }

    /** The pods of a Job that is being deleted can be gone before anybody has counted them. */
    private static Observation afterItsPods(Story story) {
        var seen = story.operator.observe();
        assertThat(seen.jobs()).singleElement().matches(SeenJob::beingDeleted, "is being deleted");
        var gone = seen.jobs().stream()
                .map(job ->
                        new SeenJob(new JobBuilder(job.job()).withStatus(null).build(), List.of(), List.of()))
                .toList();
        return new Observation(seen.migrator(), seen.pods(), gone, List.of(), seen.now());
    }

    @Test
    void a_value_cancels_one_run_and_never_another() {
        // Given
        var story = Story.of(ONE_TRY).rollsOut("web", "shop:v1").asks(ControlAnnotation.Cancel, "1");
        // When
        story.cluster.rollsOut("web", "shop:v2");
        story.succeeds("migration");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
        story.rollsOut("web", "shop:v3").asks(ControlAnnotation.Cancel, "2");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
    }

    @Test
    void asking_twice_to_cancel_one_run_cancels_no_other() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        story.cluster.annotates(ControlAnnotation.Cancel, "1");
        story.operator.reconcile();
        story.cluster.annotates(ControlAnnotation.Cancel, "2");
        story.cluster.rollsOut("web", "shop:v2");
        // When
        story.succeeds("migration");
        // Then
        assertThat(story.newest().revision()).isEqualTo("shop:v2");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void cancel_comes_too_late_for_a_run_that_has_succeeded_and_is_told_so() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        story.kubelet.end(0);
        story.jobController.sync();
        story.jobController.sync();
        // When
        story.asks(ControlAnnotation.Cancel, "1");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
        assertThat(story.answer(ControlAnnotation.Cancel)).startsWith("ignored, because run ");
        assertThat(story.waiting()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void a_crash_at_any_write_of_a_cancel_cancels_once(int writes) {
        // Given
        var story = Story.of(ASKS).rollsOut("web", "shop:v1").succeeds("plan");
        story.cluster.annotates(ControlAnnotation.Cancel, "1");
        // When
        story.dies(writes).goesOnAtOnce();
        // Then
        assertThat(story.cluster.status().history()).hasSize(1);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(story.answer(ControlAnnotation.Cancel)).contains("is stopped");
        story.goesOn().isAtRest();
    }

    @Test
    void a_suspended_run_ends_its_step_and_starts_no_other() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.SuspendRun, "1").succeeds("plan");
        // Then
        assertThat(story.step()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.Suspended);
        assertThat(story.ready().reason()).isEqualTo(Reason.RunSuspended.name());
        assertThat(story.message()).contains("before step migration", "resume-run=", "1 pod waits");
        story.goesOn().isAtRest();
        story.asks(ControlAnnotation.ResumeRun, "1").succeeds("migration");
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_suspended_run_is_not_tried_again() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 1}").rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.SuspendRun, "1").ends("migration", 1).goesOn();
        story.asks(ControlAnnotation.Retry, "1");
        // Then
        assertThat(story.step()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.Suspended);
        story.asks(ControlAnnotation.ResumeRun, "1").succeeds("migration");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
    }

    @Test
    void what_the_message_says_resumes_a_run_however_often_it_was_suspended() {
        // Given
        var story = Story.of(BEFORE).rollsOut("web", "shop:v1");
        story.asks(ControlAnnotation.SuspendRun, "1").succeeds("plan");
        var first = advised(story, ControlAnnotation.ResumeRun);
        story.cluster.annotates(ControlAnnotation.ResumeRun, first);
        story.operator.reconcile(SimulatedOperator.Faults.diesAfter(0));
        story.cluster.annotatesUnchecked(ControlAnnotation.ResumeRun, first);
        story.goesOnAtOnce();
        assertThat(story.phase()).isEqualTo(Phase.Suspended);
        // When
        story.asks(ControlAnnotation.ResumeRun, advised(story, ControlAnnotation.ResumeRun));
        // Then
        assertThat(story.step()).isEqualTo("migration");
    }

    private static String advised(Story story, ControlAnnotation what) {
        var command = story.message();
        var from = command.indexOf(what.key() + "='") + what.key().length() + 2;
        return command.substring(from, command.indexOf('\'', from));
    }

    @Test
    void run_runs_what_is_migrated_once_more() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Run, "1").succeeds("migration");
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.answer(ControlAnnotation.Run)).contains("was started");
        story.goesOn().isAtRest();
    }

    @Test
    void run_while_a_run_goes_on_means_another_after_it() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Run, "1")
                .succeeds("migration", "migration")
                .goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.step()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_crash_at_any_write_of_a_requested_run_runs_it_once(int writes) {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1");
        story.cluster.annotates(ControlAnnotation.Run, "1");
        // When
        story.dies(writes).goesOnAtOnce().succeeds("migration").goesOn();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(2);
        assertThat(story.answer(ControlAnnotation.Run)).contains("was started");
        story.isAtRest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "trigger: t1"})
    void a_baseline_is_migrated_without_a_run(String trigger) {
        // Given
        var story = Story.of("approval: Required", trigger);
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Baseline, "shop:v1 restored from production");
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.phase()).isEqualTo(Phase.Migrated);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Baseline);
        assertThat(story.newest().message()).contains("jane", "restored from production");
        assertThat(story.newest().workload()).isEqualTo("Deployment/web");
        assertThat(story.answer(ControlAnnotation.Baseline)).isEqualTo("shop:v1 counts as migrated");
        story.isAtRest();
    }

    @Test
    void a_baseline_needs_no_workload() {
        // Given
        var story = Story.of().asks(ControlAnnotation.Baseline, "shop:v1");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isZero();
    }

    @Test
    void a_baseline_waits_until_the_run_that_goes_on_has_ended() {
        // Given
        var story = Story.of(ONE_TRY).rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Baseline, "shop:v1");
        // Then
        assertThat(story.step()).isEqualTo("migration");
        assertThat(story.answer(ControlAnnotation.Baseline)).isEmpty();
        assertThat(story.cluster.history().migrated("shop:v1")).isFalse();
        story.fails("migration");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Baseline);
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_leader_that_was_stopped_before_a_baseline_does_not_start_a_second_run_beside_another() {
        // Given
        var story = Story.of();
        story.cluster.rollsOut("web", "shop:v1");
        story.operator.pausesBeforeCreating();
        story.operator.restarts(0);
        story.asks(ControlAnnotation.Baseline, "shop:v1").rollsOut("web", "shop:v2");
        assertThat(story.step()).isEqualTo("migration");
        // When
        story.operator.goesOn();
        story.goesOnAtOnce();
        // Then
        assertThat(story.cluster.jobs()).hasSize(1);
        story.succeeds("migration");
        assertThat(story.newest().revision()).isEqualTo("shop:v2");
    }

    @ParameterizedTest
    @EnumSource
    void what_nobody_has_checked_is_ignored_and_said_so(ControlAnnotation what) {
        // Given
        var story = Story.of(ASKS, "approval: Required").rollsOut("web", "shop:v1");
        // When
        story.cluster.annotatesUnchecked(what, "shop:v1");
        story.goesOn();
        // Then
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
        assertThat(story.cluster.jobs()).isEmpty();
        assertThat(story.answer(what))
                .isEqualTo("ignored, because nobody has checked who set it: set it again, with another value");
        assertThat(story.pendingApproval().value())
                .as("the value that is asked for is one that counts")
                .isEqualTo(
                        what == ControlAnnotation.Approve || what == ControlAnnotation.Reject
                                ? "shop:v1 again"
                                : "shop:v1");
        story.isAtRest();
    }

    @ParameterizedTest
    @CsvSource({
        "Cancel,no run is going on",
        "SuspendRun,no run is going on",
        "ResumeRun,no run is going on",
        "Retry,no run has failed"
    })
    void what_there_is_nothing_for_is_ignored_and_said_so(ControlAnnotation what, String why) {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1");
        // When
        story.asks(what, "1").rollsOut("web", "shop:v2").succeeds("migration");
        // Then
        assertThat(story.answer(what)).isEqualTo("ignored, because " + why);
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void a_malformed_value_is_ignored_and_said_so() {
        // Given
        var story = Story.of("approval: Required").rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Approve, " shop:v1");
        // Then
        assertThat(story.answer(ControlAnnotation.Approve)).startsWith("ignored, because the value must begin with");
        assertThat(story.phase()).isEqualTo(Phase.AwaitingApproval);
    }

    @Test
    void an_answer_says_what_was_asked_by_whom_and_when() {
        // Given
        var story = Story.of().rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.SuspendRun, "2026-03-01");
        // Then
        assertThat(story.cluster.status().handledRequests())
                .containsExactly(new HandledRequest(
                        "suspend-run",
                        "2026-03-01",
                        "jane",
                        Timestamps.of(story.cluster.now()),
                        "run " + story.going().id() + " starts no further step"));
    }
}
