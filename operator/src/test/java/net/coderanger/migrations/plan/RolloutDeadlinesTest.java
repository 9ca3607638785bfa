package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.coderanger.migrations.api.Reason;
import org.junit.jupiter.api.Test;

/** A Deployment whose pods wait longer than its {@code progressDeadlineSeconds} is called failed, which a long migration is not. */
class RolloutDeadlinesTest {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final Workload WEB = Workloads.withDeadline(Workloads.deployment("web", "shop:v2"), TEN_MINUTES);
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void at_four_fifths_of_the_deadline_it_is_told() {
        // When
        var plan = waiting(WEB).at(CREATED.plusSeconds(480)).plan();
        // Then
        assertThat(warnings(plan)).singleElement().satisfies(warning -> {
            assertThat(warning.warning()).isTrue();
            assertThat(warning.message())
                    .contains("Deployment/web", "shop:v2", "2026-01-01T00:00:00Z", "2026-01-01T00:10:00Z", "(600)");
        });
    }

    @Test
    void before_that_it_is_only_looked_at_in_time() {
        // When
        var plan = waiting(WEB).at(CREATED.plusSeconds(479)).plan();
        // Then
        assertThat(warnings(plan)).isEmpty();
        assertThat(plan.lookAgainIn()).hasValue(Duration.ofSeconds(1));
    }

    @Test
    void when_it_has_struck_it_is_too_late_to_warn() {
        assertThat(warnings(waiting(WEB).at(CREATED.plusSeconds(600)).plan())).isEmpty();
    }

    @Test
    void there_is_one_warning_for_a_rollout_however_often_it_is_given() {
        // When
        var first = warnings(waiting(WEB).at(CREATED.plusSeconds(480)).plan());
        var second = warnings(waiting(WEB).at(CREATED.plusSeconds(500)).plan());
        // Then
        assertThat(first).extracting(Action.Announce::key).hasSize(1);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void a_workload_without_a_deadline_is_not_threatened() {
        // When
        var plan = waiting(Workloads.deployment("web", "shop:v2"))
                .at(CREATED.plusSeconds(500))
                .plan();
        // Then
        assertThat(warnings(plan)).isEmpty();
    }

    @Test
    void pods_that_run_already_threaten_nothing() {
        // When
        var pod = Pods.of("web-1", WEB).createdAt(CREATED).phase("Running");
        var plan =
                Seen.of(Migrators.shop()).pods(pod).at(CREATED.plusSeconds(500)).plan();
        // Then
        assertThat(warnings(plan)).isEmpty();
    }

    private static Seen waiting(Workload workload) {
        return Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", workload).createdAt(CREATED).waiting());
    }

    private static List<Action.Announce> warnings(Plan plan) {
        return Seen.actions(plan, Action.Announce.class).stream()
                .filter(announce -> announce.reason() == Reason.ProgressDeadlineNear)
                .toList();
    }
}
