package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import org.junit.jupiter.api.Test;

/** What becomes of a pod whose Migrators may be gone. */
class AbandonedTest {

    private static final Pods POD = Pods.orphan("web-1");

    @Test
    void a_gate_that_was_added_for_a_selector_goes_with_its_migrator() {
        var pod = POD.waitingFor("shop").annotated(Annotations.GATED_BY, "shop").build();

        assertThat(Abandoned.mayWait(pod)).isTrue();
        assertThat(Abandoned.releasable(pod)).containsExactly("shop");
        assertThat(Abandoned.declared(pod)).isEmpty();
    }

    @Test
    void a_gate_that_the_template_asks_for_stays_closed_without_its_migrator() {
        var pod = POD.waitingFor("shop").annotated(Annotations.WAIT_FOR, "shop").build();

        assertThat(Abandoned.releasable(pod)).isEmpty();
        assertThat(Abandoned.declared(pod)).containsExactly("shop");
    }

    @Test
    void a_gate_that_was_added_and_asked_for_stays_closed() {
        var pod = POD.waitingFor("shop")
                .waitingFor("blog")
                .annotated(Annotations.GATED_BY, "shop,blog")
                .annotated(Annotations.WAIT_FOR, "shop")
                .build();

        assertThat(Abandoned.releasable(pod)).containsExactly("blog");
        assertThat(Abandoned.declared(pod)).containsExactly("shop");
    }

    @Test
    void a_scheduling_gate_written_by_hand_is_asked_for_and_one_that_was_added_is_not() {
        var byHand = POD.behindSchedulingGate(Gates.schedulingGate("shop")).build();
        var added = POD.behindSchedulingGate(Gates.schedulingGate("shop"))
                .annotated(Annotations.GATED_BY, "shop")
                .build();

        assertThat(Abandoned.mayWait(byHand)).isTrue();
        assertThat(Abandoned.releasable(byHand)).isEmpty();
        assertThat(Abandoned.declared(byHand)).containsExactly("shop");
        assertThat(Abandoned.releasable(added)).containsExactly("shop");
        assertThat(Abandoned.declared(added)).isEmpty();
    }

    @Test
    void a_pod_that_waits_for_the_same_migrator_twice_over_names_it_once() {
        var pod = POD.waitingFor("shop")
                .behindSchedulingGate(Gates.schedulingGate("shop"))
                .annotated(Annotations.WAIT_FOR, "shop")
                .build();

        assertThat(Abandoned.declared(pod)).containsExactly("shop");
    }

    @Test
    void what_was_released_waits_for_nobody() {
        var pod = POD.waitingFor(Migrators.NAME)
                .annotated(Annotations.GATED_BY, Migrators.NAME)
                .annotated(Annotations.WAIT_FOR, Migrators.NAME)
                .released()
                .build();

        assertThat(Abandoned.releasable(pod)).isEmpty();
        assertThat(Abandoned.declared(pod)).isEmpty();
    }

    @Test
    void pods_without_a_gate_of_the_operators_and_pods_that_are_over_need_no_look() {
        assertThat(Abandoned.mayWait(POD.build())).isFalse();
        assertThat(Abandoned.mayWait(
                        POD.behindSchedulingGate("example.com/quota").build()))
                .isFalse();
        assertThat(Abandoned.mayWait(POD.waitingFor("shop").terminating().build()))
                .isFalse();
        assertThat(Abandoned.mayWait(POD.waitingFor("shop").evicted().build())).isFalse();
        assertThat(Abandoned.declared(
                        POD.behindSchedulingGate("example.com/quota").build()))
                .isEmpty();
    }

    @Test
    void names_are_separated_by_commas_and_told_once_in_order() {
        assertThat(Abandoned.names(" shop,blog ,, shop")).containsExactly("blog", "shop");
        assertThat(Abandoned.names("")).isEmpty();
        assertThat(Abandoned.names(null)).isEmpty();
    }
}
