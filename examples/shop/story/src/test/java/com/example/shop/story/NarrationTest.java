package com.example.shop.story;

import static com.example.shop.story.Seen.at;
import static com.example.shop.story.Seen.behindSchedulingGate;
import static com.example.shop.story.Seen.ended;
import static com.example.shop.story.Seen.ending;
import static com.example.shop.story.Seen.gated;
import static com.example.shop.story.Seen.job;
import static com.example.shop.story.Seen.migration;
import static com.example.shop.story.Seen.pod;
import static com.example.shop.story.Seen.ready;
import static com.example.shop.story.Seen.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NarrationTest {

    private final Narration narration = new Narration();

    @Test
    void a_pod_waits_is_released_serves_and_goes() {
        var waiting = gated("a", "v2", at(0), running("migrate-wait-shop", at(1)));
        var released = gated("a", "v2", at(0), ended("migrate-wait-shop", at(1), at(11), 0), running("shop", at(12)));

        assertThat(hear(waiting, 0.5)).containsExactly("pod a waits for the migration of shop:v2");
        assertThat(hear(waiting, 3)).isEmpty();
        assertThat(hear(released, 11.3)).containsExactly("pod a is released: shop:v2 after 10.8 s");
        assertThat(hear(ready(released), 13)).containsExactly("pod a serves shop:v2");
        assertThat(hear(released, 14)).isEmpty();
        assertThat(hear(ready(released), 15)).isEmpty();
        assertThat(hear(ending(ready(released)), 20)).containsExactly("pod a goes: shop:v2");
        assertThat(hear(ending(released), 21)).isEmpty();
    }

    @Test
    void a_scheduling_gate_is_a_gate_too() {
        var pod = pod("a", "v2", at(0));

        assertThat(hear(behindSchedulingGate(pod), 0)).containsExactly("pod a waits for the migration of shop:v2");
        assertThat(hear(pod, 4)).containsExactly("pod a is released: shop:v2 after 4.0 s");
    }

    @Test
    void a_pod_without_a_gate_starts_without_waiting() {
        assertThat(hear(pod("a", "v2", at(0)), 0)).containsExactly("pod a starts without waiting: shop:v2");
    }

    @Test
    void a_pod_that_goes_while_it_waits_never_started() {
        var waiting = gated("a", "v3", at(0), running("migrate-wait-shop", at(1)));
        hear(waiting, 0);

        assertThat(hear(ending(waiting), 9)).containsExactly("pod a goes: shop:v3, never started");
        var killed = gated("a", "v3", at(0), ended("migrate-wait-shop", at(1), at(10), 143));
        assertThat(hear(ending(killed), 10)).isEmpty();
    }

    @Test
    void each_failed_start_is_told_once() {
        var first = pod("a", "v2", at(0), ended("shop", at(1), at(2), 1));
        var second = pod("a", "v2", at(0), ended("shop", at(14), at(15), 1));
        hear(pod("a", "v2", at(0)), 0);

        assertThat(hear(first, 2)).containsExactly("pod a has started and failed: shop:v2");
        assertThat(hear(first, 3)).isEmpty();
        assertThat(hear(second, 15)).containsExactly("pod a has started and failed: shop:v2");
        assertThat(hear(ending(pod("a", "v2", at(0), ended("shop", at(30), at(40), 143))), 40))
                .containsExactly("pod a goes: shop:v2");
    }

    @Test
    void a_failed_migration_is_told_with_its_last_words() {
        hear(job("v3", at(0)), 0.2);
        assertThat(hear(migration("v3", at(0), ended("migrations", at(1), at(2), 1, "INFO x\nERROR: no column\n")), 2))
                .isEmpty();

        assertThat(hear(job("v3", at(0), "FailureTarget", "Failed"), 2.5))
                .containsExactly("migration to shop:v3 failed after 2.3 s: ERROR: no column");
        assertThat(hear(job("v3", at(0), "FailureTarget", "Failed"), 3)).isEmpty();
    }

    @Test
    void a_migration_that_works_is_told_at_its_begin_and_its_end() {
        assertThat(hear(job("v2", at(0)), 0)).containsExactly("Job shop-v2 migrates to shop:v2");
        assertThat(hear(job("v2", at(0), "SuccessCriteriaMet", "Complete"), 10))
                .containsExactly("migration to shop:v2 succeeded after 10.0 s");
    }

    @Test
    void the_migrator_is_told_when_its_phase_changes() {
        var running = new MigratorSeen("shop", "Running", "It failed: x\ny\nERROR: z\n", List.of());

        assertThat(hear(new MigratorSeen("shop", "", "", List.of()), 0)).isEmpty();
        assertThat(hear(running, 0)).containsExactly("Migrator shop is Running: It failed: x … ERROR: z");
        assertThat(hear(running, 1)).isEmpty();
        assertThat(hear(new MigratorSeen("shop", "Migrated", "", List.of()), 2))
                .containsExactly("Migrator shop is Migrated");
    }

    @Test
    void visitors_are_told_when_other_versions_serve_them_and_when_one_is_turned_away() {
        assertThat(hear(VisitsSeen.parse("visits=10 failed=0 versions=v1"), 0))
                .containsExactly("visitors are served by v1");
        assertThat(hear(VisitsSeen.parse("visits=20 failed=0 versions=v1"), 1)).isEmpty();
        assertThat(hear(VisitsSeen.parse("visits=30 failed=0 versions=v1,v2"), 2))
                .containsExactly("visitors are served by v1 and v2");
        assertThat(hear(VisitsSeen.parse("failed: status 500"), 2)).containsExactly("a visit failed: status 500");
        assertThat(hear(VisitsSeen.parse("visits=40 failed=1 versions="), 3)).isEmpty();
    }

    @Test
    void visits_are_counted_on_cue() {
        hear(VisitsSeen.parse("visits=30 failed=2 versions=v1"), 0);

        assertThat(hear(Cue.parse("COUNT meanwhile"), 1)).containsExactly("meanwhile: 30 visits so far, 2 failed");
    }

    @Test
    void cues_are_told_but_for_marks() {
        assertThat(hear(Cue.parse("ACT one"), 0)).containsExactly("one");
        assertThat(hear(Cue.parse("RUN kubectl get pods"), 0)).containsExactly("$ kubectl get pods");
        assertThat(hear(Cue.parse("MARK rollback"), 0)).isEmpty();
    }

    private List<String> hear(Sighting sighting, double seconds) {
        return narration.hear(sighting, at(seconds)).stream().map(Line::text).toList();
    }
}
