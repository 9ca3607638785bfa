package net.coderanger.migrations.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import net.coderanger.migrations.tls.MovableClock;
import org.junit.jupiter.api.Test;

class LastingTroubleTest {

    private static final String PODS = "the watch of pods is broken";
    private static final String JOBS = "the watch of jobs is broken";

    private final MovableClock clock = new MovableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final LastingTrouble trouble = new LastingTrouble(clock, Duration.ofSeconds(30));

    @Test
    void trouble_that_passes_in_time_is_none() {
        assertThat(trouble.of(Set.of(PODS))).isEmpty();
        after(29);
        assertThat(trouble.of(Set.of(PODS))).isEmpty();
        after(1);
        assertThat(trouble.of(Set.of())).isEmpty();
    }

    @Test
    void trouble_that_lasts_counts_until_it_is_over() {
        trouble.of(Set.of(PODS));
        after(30);

        assertThat(trouble.of(Set.of(PODS))).containsExactly(PODS);
        after(10);
        assertThat(trouble.of(Set.of(PODS))).containsExactly(PODS);
        assertThat(trouble.of(Set.of())).isEmpty();
    }

    @Test
    void trouble_that_comes_again_and_again_begins_anew_each_time() {
        for (var round = 0; round < 10; round++) {
            assertThat(trouble.of(Set.of(PODS))).isEmpty();
            after(20);
            assertThat(trouble.of(Set.of())).isEmpty();
            after(2);
        }
    }

    @Test
    void each_trouble_has_its_own_time() {
        trouble.of(Set.of(PODS));
        after(20);
        trouble.of(Set.of(PODS, JOBS));
        after(10);

        assertThat(trouble.of(Set.of(PODS, JOBS))).containsExactly(PODS);
        after(20);
        assertThat(trouble.of(Set.of(PODS, JOBS))).containsExactly(JOBS, PODS);
    }

    @Test
    void what_was_while_nobody_asked_is_not_known() {
        trouble.of(Set.of(PODS));
        after(31);

        assertThat(trouble.of(Set.of(PODS))).isEmpty();
    }

    private void after(int seconds) {
        clock.pass(Duration.ofSeconds(seconds));
    }
}
