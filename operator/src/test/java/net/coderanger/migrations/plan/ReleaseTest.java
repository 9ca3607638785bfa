package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which pod may start, and which waits? */
class ReleaseTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v2");
    private static final Map<String, String> OTHER = Map.of("app", "other");

    @Test
    void no_pod_starts_before_its_revision_is_migrated() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1");
        // When
        var pod = story.cluster.rollsOut("web", "shop:v2");
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isFalse();
        story.migrationSucceeds();
        assertThat(story.started(pod)).isTrue();
    }

    @DisplayName("B4: pods of the old version pass at once while the new one is migrated, and after it")
    @Test
    void a_pod_of_the_old_version_passes_during_and_after_a_rollout() {
        // Given
        var story = Story.of().isMigratedTo("web", "shop:v1");
        var old = story.cluster.workload("web").template();
        story.rollsOut("web", "shop:v2");
        // When
        var during = story.cluster.addsPod("web", old, Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(during)).isTrue();
        story.migrationSucceeds();
        var after = story.cluster.addsPod("web", old, Gate.SchedulingGate);
        story.goesOn();
        assertThat(story.started(after)).isTrue();
        story.isAtRest();
    }

    @DisplayName("B4: pods of the old version pass although the new one has failed")
    @Test
    void a_pod_of_the_old_version_passes_when_the_new_one_has_failed() {
        // Given
        var story = Story.of("job: {backoffLimit: 0}").isMigratedTo("web", "shop:v1");
        var old = story.cluster.workload("web").template();
        story.rollsOut("web", "shop:v2").migrationFails();
        // When
        var pod = story.cluster.addsPod("web", old, Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
    }

    @DisplayName("B4: a StatefulSet's pods of the old ControllerRevision pass while it rolls out")
    @Test
    void a_pod_counts_by_what_it_was_made_from() {
        // Given
        var set = Workloads.of("StatefulSet", "db", Workloads.template("shop:v2"));
        var seen = Seen.of(after("shop:v1"))
                .pods(
                        Pods.of("db-0", set)
                                .madeFrom(Workloads.template("shop:v1"))
                                .waiting(),
                        Pods.of("db-1", set).waiting());
        // When
        var plan = seen.plan();
        // Then
        assertThat(released(plan)).containsExactly("db-0");
        assertThat(plan.status().run()).extracting(run -> run.revision()).isEqualTo("shop:v2");
    }

    @DisplayName("B6: spec.image changes what runs, not what is waited for")
    @Test
    void an_image_of_its_own_for_the_migration_holds_nobody_for_ever() {
        // Given
        var story = Story.of("image: shop-migrations:7");
        var pod = story.cluster.rollsOut("web", "shop:v1");
        // When
        story.migrationSucceeds();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.newest().revision()).isEqualTo("shop:v1");
        assertThat(story.newest().image()).isEqualTo("shop-migrations:7");
        assertThat(story.cluster.status().lastSuccessfulMigration()).isEqualTo("shop-migrations:7");
    }

    @DisplayName("B7: an image that another webhook has rewritten on the pod does not matter")
    @Test
    void a_rewritten_image_on_the_pod_does_not_matter() {
        // Given
        var rewritten = new PodBuilder(Pods.of("web-1", WEB).waiting().build())
                .editSpec()
                .addNewContainer()
                .withName("app")
                .withImage("mirror.local/shop@sha256:0123")
                .endContainer()
                .endSpec()
                .build();
        var seen = new Observation(
                after("shop:v2"),
                List.of(new SeenPod(rewritten, Optional.of(WEB.template()), Optional.of(WEB))),
                List.of(),
                List.of(),
                Migrators.T0);
        // When
        var plan = Planner.plan(seen);
        // Then
        assertThat(released(plan)).containsExactly("web-1");
        assertThat(plan.start()).isEmpty();
    }

    @DisplayName("B7: a worker of another repository outside templateSelector waits for every candidate")
    @Test
    void a_worker_of_another_repository_waits_until_every_candidate_is_migrated() {
        // Given
        var worker = Workloads.deployment("worker", "queue:v9");
        var migrator = Migrators.shop("templateSelector: {matchLabels: {role: web}}");
        var pods = new Pods[] {
            Pods.of("web-1", WEB).labelled(Map.of("app", "shop", "role", "web")).waiting(),
            Pods.of("worker-1", worker).waiting()
        };
        // When
        var before = Seen.of(migrator).pods(pods).plan();
        var afterwards = Seen.of(after(migrator, "shop:v2")).pods(pods).plan();
        // Then
        assertThat(released(before)).isEmpty();
        assertThat(before.status().run()).extracting(run -> run.workload()).isEqualTo("Deployment/web");
        assertThat(released(afterwards)).containsExactlyInAnyOrder("web-1", "worker-1");
    }

    @DisplayName("B7: a worker of a candidate's repository outside templateSelector waits for its own revision")
    @Test
    void a_worker_of_the_same_repository_waits_for_its_own_revision() {
        // Given
        var worker = Workloads.deployment("worker", "shop:v3");
        var migrator = Migrators.shop("templateSelector: {matchLabels: {role: web}}");
        var seen = Seen.of(after(migrator, "shop:v2"))
                .pods(
                        Pods.of("web-1", WEB).labelled(Map.of("app", "shop", "role", "web")),
                        Pods.of("worker-1", worker).waiting());
        // When
        var plan = seen.plan();
        // Then
        assertThat(released(plan)).isEmpty();
        assertThat(Seen.message(plan)).contains("1 pod waits for shop:v3");
    }

    @DisplayName("P2-a: a migrated revision passes although no candidate is there to ask")
    @Test
    void a_pod_of_a_migrated_revision_passes_while_the_candidates_are_scaled_to_zero() {
        // Given
        var worker = Workloads.deployment("worker", "shop:v2");
        var migrator = Migrators.shop("templateSelector: {matchLabels: {role: web}}");
        // When
        var plan = Seen.of(after(migrator, "shop:v2"))
                .pods(Pods.of("worker-1", worker).waiting())
                .plan();
        // Then
        assertThat(released(plan)).containsExactly("worker-1");
    }

    @Test
    void a_pod_that_waits_by_annotation_without_being_selected_waits_for_every_candidate() {
        // Given
        var other = Workloads.deployment("report", "report:v1");
        var waits = Pods.of("report-1", other)
                .labelled(OTHER)
                .annotated(Annotations.WAIT_FOR, Migrators.NAME)
                .waiting();
        // When
        var before = Seen.of(Migrators.shop())
                .pods(waits, Pods.of("web-1", WEB).waiting())
                .plan();
        var afterwards =
                Seen.of(after("shop:v2")).pods(waits, Pods.of("web-1", WEB)).plan();
        // Then
        assertThat(released(before)).isEmpty();
        assertThat(released(afterwards)).containsExactly("report-1");
    }

    @Test
    void a_pod_that_waits_for_a_migrator_that_selects_nobody_is_told_so() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(Pods.of("report-1", WEB).labelled(OTHER).waiting())
                .plan();
        // Then
        assertThat(released(plan)).isEmpty();
        assertThat(Seen.message(plan)).contains("spec.selector matches none of them", "report-1");
    }

    @DisplayName("P1-e: a pod whose revision nobody wants any more does not wait in silence")
    @Test
    void a_stranded_pod_is_told_of() {
        // Given
        var set = Workloads.of("StatefulSet", "db", Workloads.template("shop:v2"));
        // When
        var plan = Seen.of(after("shop:v2"))
                .pods(
                        Pods.of("db-0", set)
                                .madeFrom(Workloads.template("shop:v1"))
                                .waiting(),
                        Pods.of("db-1", set).waiting())
                .plan();
        // Then
        assertThat(released(plan)).containsExactly("db-1");
        assertThat(Seen.message(plan)).contains("1 pod waits for shop:v1", "delete");
    }

    @DisplayName("B14: a pod whose controller is gone blocks nobody")
    @Test
    void a_vanished_owner_blocks_nobody() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(Pods.orphan("gone-1").waiting(), Pods.of("web-1", WEB).waiting())
                .plan();
        // Then
        assertThat(plan.start()).isPresent();
        assertThat(plan.status().waitingPods()).isEqualTo(2);
    }

    static List<String> released(Plan plan) {
        return Seen.actions(plan, Action.Release.class).stream()
                .map(release -> release.pod().getMetadata().getName())
                .toList();
    }

    private static Migrator after(String revision) {
        return after(Migrators.shop(), revision);
    }

    private static Migrator after(Migrator migrator, String revision) {
        return Migrators.with(
                migrator, new History(List.of(Migrators.entry("a", revision, Outcome.Succeeded)), revision));
    }

    @DisplayName("a pod whose own workload nobody migrates from does not wait in silence either")
    @Test
    void a_pod_outside_the_template_selector_that_shares_the_repository_is_told_of() {
        // Given
        var worker = Workloads.of("Deployment", "worker", Workloads.template("shop:worker-2"));
        // When
        var plan = Seen.of(after(Migrators.shop("templateSelector: {matchLabels: {tier: web}}"), "shop:v2"))
                .pods(
                        Pods.of("web-1", Workloads.deployment("web", "shop:v2"))
                                .labelled(Map.of("app", "shop", "tier", "web")),
                        Pods.of("worker-1", worker).waiting())
                .plan();
        // Then
        assertThat(released(plan)).isEmpty();
        assertThat(Seen.message(plan))
                .contains("1 pod waits for shop:worker-2, which Deployment/worker has", "templateSelector", "no-wait")
                .doesNotContain("delete");
    }
}
