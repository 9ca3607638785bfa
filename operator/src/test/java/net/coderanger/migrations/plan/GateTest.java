package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What does a gate do to a pod, and what of a pod without one? */
class GateTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v2");

    @Test
    void a_pod_that_got_through_ungated_is_told_of() {
        // When
        var plan = Seen.of(Migrators.shop()).pods(Pods.of("web-1", WEB)).plan();
        // Then
        var ungated = Seen.condition(plan, ConditionType.UngatedPods);
        assertThat(ungated.status()).isEqualTo("True");
        assertThat(ungated.message()).contains("web-1");
        assertThat(plan.start()).isPresent();
    }

    @Test
    void ungated_pods_are_told_of_once() {
        // Given
        var seen = Seen.of(Migrators.shop("suspend: true")).pods(Pods.of("web-1", WEB));
        // When
        var first = seen.plan();
        var second = seen.afterwards().plan();
        // Then
        assertThat(Seen.actions(first, Action.Announce.class)).hasSize(1);
        assertThat(Seen.actions(second, Action.Announce.class)).isEmpty();
    }

    @Test
    void a_pod_with_no_wait_is_neither_held_nor_a_template() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).annotated(Annotations.NO_WAIT, "true"))
                .plan();
        // Then
        assertThat(plan.start()).isEmpty();
        assertThat(Seen.condition(plan, ConditionType.UngatedPods).status()).isEqualTo("False");
    }

    @Test
    void without_a_gate_nobody_is_held_back() {
        // When
        var plan = Seen.of(Migrators.shop("gate: None"))
                .pods(Pods.of("web-1", WEB).waiting())
                .plan();
        // Then
        assertThat(ReleaseTest.released(plan)).containsExactly("web-1");
        assertThat(plan.start()).isPresent();
    }

    @Test
    void a_scheduling_gate_written_by_hand_is_lifted_when_the_revision_is_migrated() {
        // Given
        var pod = Pods.of("web-1", WEB).behindSchedulingGate("migrations.coderanger.net/shop");
        // When
        var before = Seen.of(Migrators.shop()).pods(pod).plan();
        var afterwards = Seen.of(after("shop:v2")).pods(pod).plan();
        // Then
        assertThat(ReleaseTest.released(before)).isEmpty();
        assertThat(before.status().waitingPods()).isEqualTo(1);
        assertThat(ReleaseTest.released(afterwards)).containsExactly("web-1");
    }

    @DisplayName("B32: one Migrator's gate is not another's")
    @Test
    void a_pod_behind_two_gates_is_released_by_each_migrator_for_itself() {
        // Given
        var pod = Pods.of("web-1", WEB)
                .waitingFor("shop")
                .waitingFor("audit")
                .behindSchedulingGate(Gates.schedulingGate("audit"));
        var audit = Migrators.with(
                Migrators.named("audit"),
                new History(List.of(Migrators.entry("a", "shop:v2", Outcome.Succeeded)), null));
        // When
        var ofShop = Seen.of(Migrators.shop()).pods(pod).plan();
        var ofAudit = Seen.of(audit).pods(pod).plan();
        // Then
        assertThat(ReleaseTest.released(ofShop)).isEmpty();
        assertThat(ReleaseTest.released(ofAudit)).containsExactly("web-1");
    }

    @Test
    void a_pod_that_was_released_is_not_released_again() {
        // When
        var plan = Seen.of(after("shop:v2"))
                .pods(Pods.of("web-1", WEB).waiting().released())
                .plan();
        // Then
        assertThat(plan.then()).isEmpty();
        assertThat(plan.status().waitingPods()).isZero();
    }

    @DisplayName("the original's waiter lets its pod go without our annotation")
    @Test
    void a_pod_whose_waiter_has_ended_does_not_wait() {
        // Given
        var ended = Pods.of("web-1", WEB)
                .waiting()
                .initStatus("name: migrate-wait-shop\nstate: {terminated: {exitCode: 0}}");
        var failed = Pods.of("web-2", WEB)
                .waiting()
                .initStatus("name: migrate-wait-shop\nstate: {terminated: {exitCode: 1}}");
        // When
        var plan = Seen.of(Migrators.shop()).pods(ended, failed).plan();
        // Then
        assertThat(plan.status().waitingPods()).isEqualTo(1);
    }

    @Test
    void a_copied_release_annotation_opens_nothing() {
        // Given
        var copied = Pods.of("web-2", WEB).waiting().annotated(Annotations.released("shop"), "uid-of-web-1");
        // When
        var plan = Seen.of(Migrators.shop()).pods(copied).plan();
        // Then
        assertThat(plan.status().waitingPods()).isEqualTo(1);
    }

    private static Migrator after(String revision) {
        return after(Migrators.shop(), revision);
    }

    private static Migrator after(Migrator migrator, String revision) {
        return Migrators.with(
                migrator, new History(List.of(Migrators.entry("a", revision, Outcome.Succeeded)), revision));
    }
}
