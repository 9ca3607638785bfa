package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Under load kubelet now and then does not show a container a changed annotation until its next resync, a minute later. */
class ReleaseAnewTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");
    private static final Instant RELEASED = Instant.parse("2026-01-01T00:00:00Z");

    @DisplayName("a pod whose waiter still runs two seconds after its release is released again")
    @Test
    void a_waiter_that_does_not_end_is_released_again() {
        // When
        var plan =
                Seen.of(migrated()).pods(leaving()).at(RELEASED.plusSeconds(2)).plan();
        // Then
        assertThat(Seen.actions(plan, Action.Release.class)).hasSize(1);
        assertThat(plan.lookAgainIn()).hasValue(Duration.ofSeconds(2));
        assertThat(plan.status().waitingPods()).isZero();
    }

    @Test
    void before_that_it_is_left_alone_and_looked_at_in_time() {
        // When
        var plan = Seen.of(migrated())
                .pods(leaving())
                .at(RELEASED.plusMillis(1900))
                .plan();
        // Then
        assertThat(Seen.actions(plan, Action.Release.class)).isEmpty();
        assertThat(plan.lookAgainIn()).isPresent();
    }

    @DisplayName("of many whose waiters still run, those released longest ago are released again, ten at a time")
    @Test
    void many_are_released_again_in_turns() {
        // Given
        var pods = IntStream.range(0, 25)
                .mapToObj(number -> leaving("web-" + number, RELEASED.minusSeconds(number)))
                .toArray(Pods[]::new);
        // When
        var plan = Seen.of(migrated()).pods(pods).at(RELEASED.plusSeconds(2)).plan();
        // Then
        assertThat(Seen.actions(plan, Action.Release.class))
                .extracting(release -> release.pod().getMetadata().getName())
                .containsExactly(IntStream.range(0, 10)
                        .mapToObj(number -> "web-" + (24 - number))
                        .toArray(String[]::new));
        assertThat(plan.lookAgainIn()).hasValue(Duration.ofSeconds(2));
    }

    @DisplayName("while ten that were released a moment ago have not left yet, no other is released again")
    @Test
    void a_busy_node_is_not_pushed() {
        // Given
        var late = leaving("late", RELEASED.minusSeconds(30));
        var onTheirWay = IntStream.range(0, 10).mapToObj(number -> leaving("web-" + number, RELEASED));
        var pods = Stream.concat(Stream.of(late), onTheirWay).toArray(Pods[]::new);
        // Then
        assertThat(Seen.actions(
                        Seen.of(migrated())
                                .pods(pods)
                                .at(RELEASED.plusSeconds(1))
                                .plan(),
                        Action.Release.class))
                .isEmpty();
        assertThat(Seen.actions(
                        Seen.of(migrated())
                                .pods(Arrays.copyOf(pods, 10))
                                .at(RELEASED.plusSeconds(1))
                                .plan(),
                        Action.Release.class))
                .extracting(release -> release.pod().getMetadata().getName())
                .containsExactly("late");
    }

    @Test
    void a_pod_whose_waiter_has_ended_is_left_alone() {
        // When
        var plan = Seen.of(migrated())
                .pods(leaving().initStatus("name: migrate-wait-shop\nstate: {terminated: {exitCode: 0}}"))
                .at(RELEASED.plusSeconds(60))
                .plan();
        // Then
        assertThat(Seen.actions(plan, Action.Release.class)).isEmpty();
        assertThat(plan.lookAgainIn()).isEmpty();
    }

    private static Pods leaving() {
        return leaving("web-1", RELEASED);
    }

    private static Pods leaving(String name, Instant released) {
        return Pods.of(name, WEB)
                .waiting()
                .released()
                .annotated(Annotations.RELEASED_AT, released.toString())
                .initStatus("name: migrate-wait-shop\nstate: {running: {startedAt: '2026-01-01T00:00:00Z'}}");
    }

    private static Migrator migrated() {
        return Migrators.with(
                Migrators.shop(), new History(List.of(Migrators.entry("a", "shop:v1", Outcome.Succeeded)), "shop:v1"));
    }
}
