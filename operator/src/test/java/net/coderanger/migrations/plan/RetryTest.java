package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Objects;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When is a failed step tried again? */
class RetryTest {

    private static final String ONE_TRY = "job: {backoffLimit: 0}";
    private static final String BEFORE = "before: [{name: plan, command: [plan]}]";

    @Test
    void the_time_of_the_next_attempt_stands_in_the_status() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 2, backoffSeconds: 20}").rollsOut("web", "shop:v1");
        // When
        story.fails("migration");
        // Then
        assertThat(story.phase()).isEqualTo(Phase.Running);
        assertThat(story.ready().reason()).isEqualTo(Reason.MigrationsRetrying.name());
        assertThat(story.going().nextAttemptTime())
                .isEqualTo(Timestamps.of(story.cluster.now().plusSeconds(20)));
        assertThat(story.message()).contains("exit code 1", story.going().nextAttemptTime(), "1 pod waits");
        assertThat(story.step()).isEmpty();
    }

    @Test
    void it_is_tried_again_when_the_time_has_come() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 1, backoffSeconds: 20}").rollsOut("web", "shop:v1");
        story.fails("migration");
        // When
        story.cluster.passes(Duration.ofSeconds(19));
        story.goesOnAtOnce();
        assertThat(story.step()).isEmpty();
        story.cluster.passes(Duration.ofSeconds(1));
        // Then
        story.succeeds("migration");
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Succeeded);
        assertThat(story.newest().attempts()).isEqualTo(2);
        assertThat(story.waiting()).isEmpty();
    }

    @Test
    void the_wait_doubles_up_to_five_minutes() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 5, backoffSeconds: 40}").rollsOut("web", "shop:v1");
        var waits = new ArrayList<Long>();
        // When
        for (var failure = 0; failure < 5; failure++) {
            story.fails("migration");
            var next = Instant.parse(Objects.requireNonNull(story.going().nextAttemptTime()));
            waits.add(Duration.between(story.cluster.now(), next).toSeconds());
            story.cluster.passes(Duration.between(story.cluster.now(), next));
        }
        story.fails("migration");
        // Then
        assertThat(waits).containsExactly(40L, 80L, 160L, 300L, 300L);
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Failed);
        assertThat(story.newest().attempts()).isEqualTo(6);
    }

    @Test
    void each_step_has_its_own_attempts() {
        // Given
        var story = Story.of(ONE_TRY, BEFORE, "retry: {limit: 1}").rollsOut("web", "shop:v1");
        // When
        story.ends("plan", 1).goesOn().ends("plan", 0).ends("migration", 1).goesOn();
        // Then
        assertThat(story.step()).isEqualTo("migration");
        assertThat(story.stepsStarted()).containsExactly("plan", "plan", "migration", "migration");
    }

    @Test
    void the_annotation_skips_the_wait_once() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 2, backoffSeconds: 100}")
                .rollsOut("web", "shop:v1")
                .fails("migration");
        // When
        story.asks(ControlAnnotation.Retry, "1").fails("migration");
        // Then
        assertThat(story.step()).as("the same value is used once").isEmpty();
        assertThat(story.going().nextAttemptTime()).isNotNull();
        assertThat(story.answer(ControlAnnotation.Retry)).contains("step migration is tried again at once");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_crash_at_any_write_does_not_let_one_annotation_skip_two_waits(int writes) {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 2, backoffSeconds: 100}")
                .rollsOut("web", "shop:v1")
                .fails("migration");
        story.cluster.annotates(ControlAnnotation.Retry, "1");
        // When
        story.dies(writes);
        story.jobController.sync();
        story.kubelet.startMigrations();
        story.kubelet.end(1);
        story.jobController.sync();
        story.jobController.sync();
        story.goesOnAtOnce();
        // Then
        assertThat(story.answer(ControlAnnotation.Retry)).doesNotContain("ignored");
        assertThat(story.cluster.jobs()).hasSize(2);
    }

    @Test
    void a_leader_that_was_stopped_before_the_limit_was_lowered_starts_a_job_that_is_ended_again() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 1, backoffSeconds: 10}")
                .rollsOut("web", "shop:v1")
                .fails("migration");
        story.cluster.passes(Duration.ofSeconds(10));
        story.operator.pausesBeforeCreating();
        story.cluster.changesSpec(ONE_TRY);
        story.goesOnAtOnce();
        assertThat(story.phase()).isEqualTo(Phase.Failed);
        // When
        story.operator.goesOn();
        story.jobController.sync();
        story.kubelet.startMigrations();
        assertThat(story.step()).isEqualTo("migration");
        story.goesOn();
        // Then
        assertThat(story.step()).isEmpty();
        assertThat(story.cluster.status().history()).hasSize(1);
        story.isAtRest();
    }

    @Test
    void an_annotation_while_a_step_runs_changes_nothing_and_is_told_so() {
        // Given
        var story = Story.of(ONE_TRY, "retry: {limit: 2, backoffSeconds: 100}").rollsOut("web", "shop:v1");
        // When
        story.asks(ControlAnnotation.Retry, "1").fails("migration");
        // Then
        assertThat(story.answer(ControlAnnotation.Retry)).startsWith("ignored, because run ");
        assertThat(story.step()).isEmpty();
    }

    @Test
    void a_run_that_has_failed_starts_again_by_the_annotation() {
        // Given
        var story = Story.of(ONE_TRY).rollsOut("web", "shop:v1").fails("migration");
        // When
        story.asks(ControlAnnotation.Retry, "1").succeeds("migration");
        // Then
        assertThat(story.waiting()).isEmpty();
        assertThat(story.answer(ControlAnnotation.Retry)).contains("was started");
    }

    @Test
    void of_two_workloads_the_one_whose_run_has_failed_starts_again() {
        // Given
        var story = Story.of(ONE_TRY).isMigratedTo("api", "api:v1").isMigratedTo("web", "shop:v1");
        story.cluster.changesSpec(ONE_TRY, "trigger: again");
        story.goesOn().succeeds("migration");
        story.asks(ControlAnnotation.Run, "1");
        story.fails("migration");
        var failed = story.newest().revision();
        // When
        story.asks(ControlAnnotation.Retry, "1");
        // Then
        assertThat(story.going().revision()).isEqualTo(failed);
    }

    @Test
    void a_plan_that_nobody_wants_any_more_is_not_tried_again() {
        // Given
        var story = Story.of(ONE_TRY, BEFORE, "retry: {limit: 3, backoffSeconds: 100}")
                .rollsOut("web", "shop:v1")
                .fails("plan");
        // When
        story.rollsOut("web", "shop:v2");
        // Then
        assertThat(story.newest().outcome()).isEqualTo(Outcome.Replaced);
        assertThat(story.going().revision()).isEqualTo("shop:v2");
    }
}
