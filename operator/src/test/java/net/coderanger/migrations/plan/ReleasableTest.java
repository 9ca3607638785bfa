package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.Test;

/** Since when could a pod have been released? Runs of {@link Migrators#entry} end a minute after their start. */
class ReleasableTest {

    private static final Instant MIGRATED = Migrators.T0.minusSeconds(540);
    private static final Workload WEB = Workloads.deployment("web", "shop:v1");

    @Test
    void since_its_revision_was_migrated() {
        // Given
        var pod = Pods.of("web-1", WEB).createdAt(MIGRATED.minusSeconds(30)).waiting();
        // Then
        assertThat(since(Seen.of(migrated("shop:v1")).pods(pod))).containsExactly(Map.entry("uid-of-web-1", MIGRATED));
    }

    @Test
    void since_it_was_created_if_that_is_later() {
        // Given
        var pod = Pods.of("web-1", WEB).createdAt(MIGRATED.plusSeconds(30)).waiting();
        // Then
        assertThat(since(Seen.of(migrated("shop:v1")).pods(pod)))
                .containsExactly(Map.entry("uid-of-web-1", MIGRATED.plusSeconds(30)));
    }

    @Test
    void since_the_newest_success_for_a_pod_whose_own_revision_is_not_migrated() {
        // Given
        var migrator = Migrators.with(
                Migrators.shop("templateSelector: {matchLabels: {app: shop, role: web}}"),
                new History(List.of(Migrators.entry("r1", "shop:v1", Outcome.Succeeded)), "shop:v1"));
        var web = Pods.of("web-1", WEB).labelled(Map.of("app", "shop", "role", "web"));
        var worker = Pods.of("worker-1", Workloads.deployment("worker", "worker:v9"))
                .createdAt(MIGRATED.minusSeconds(9))
                .waiting();
        // Then
        assertThat(since(Seen.of(migrator).pods(web, worker))).containsExactly(Map.entry("uid-of-worker-1", MIGRATED));
    }

    @Test
    void a_pod_that_waits_on_is_left_out() {
        // Given
        var pod = Pods.of("web-1", WEB).waiting();
        // Then
        assertThat(since(Seen.of(Migrators.shop()).pods(pod))).isEmpty();
    }

    @Test
    void a_pod_that_is_released_without_a_migration_is_left_out() {
        // Given
        var seen =
                Seen.of(Migrators.shop("gate: None")).pods(Pods.of("web-1", WEB).waiting());
        // Then
        assertThat(Seen.actions(seen.plan(), Action.Release.class)).hasSize(1);
        assertThat(since(seen)).isEmpty();
    }

    @Test
    void a_pod_that_is_released_anew_is_left_out() {
        // Given
        var pod = Pods.of("web-1", WEB)
                .waiting()
                .initStatus("name: migrate-wait-shop\nstate: {running: {}}")
                .released()
                .annotated(Annotations.RELEASED_AT, Migrators.T0.minusSeconds(5).toString());
        var seen = Seen.of(migrated("shop:v1")).pods(pod);
        // Then
        assertThat(Seen.actions(seen.plan(), Action.Release.class)).hasSize(1);
        assertThat(since(seen)).isEmpty();
    }

    private static Map<String, Instant> since(Seen seen) {
        return Releasable.since(seen.observation(), seen.plan());
    }

    private static Migrator migrated(String revision) {
        return Migrators.with(
                Migrators.shop(), new History(List.of(Migrators.entry("r1", revision, Outcome.Succeeded)), revision));
    }
}
