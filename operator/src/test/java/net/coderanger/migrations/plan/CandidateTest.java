package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose template is migrated from, and who comes first? */
class CandidateTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");
    private static final Workload WORKER = Workloads.deployment("worker", "api:v1");

    @DisplayName("B3: two workloads with two images are two runs, one after the other")
    @Test
    void two_revisions_are_migrated_one_after_the_other() {
        // Given
        var story = Story.of();
        story.cluster.rollsOut("web", "shop:v1");
        story.cluster.rollsOut("worker", "api:v1");
        // When
        story.migrationSucceeds().migrationSucceeds();
        // Then
        assertThat(story.runs("shop:v1")).isEqualTo(1);
        assertThat(story.runs("api:v1")).isEqualTo(1);
        assertThat(story.waiting()).isEmpty();
        story.isAtRest();
    }

    @DisplayName("B3: the order of the list does not matter")
    @Test
    void the_pod_that_waits_longest_goes_first_whatever_the_order() {
        // Given
        var early = Pods.of("worker-1", WORKER).waiting().createdAt(Migrators.T0.minusSeconds(60));
        var late = Pods.of("web-1", WEB).waiting();
        // When
        var plans = List.of(
                Seen.of(Migrators.shop()).pods(early, late).plan(),
                Seen.of(Migrators.shop()).pods(late, early).plan());
        // Then
        assertThat(plans)
                .allSatisfy(plan -> assertThat(plan.status().desiredRevision()).isEqualTo("api:v1"));
        assertThat(plans.getFirst().start()).isEqualTo(plans.getLast().start());
    }

    @DisplayName("B3: where nobody waits longer, the name decides")
    @Test
    void a_tie_is_broken_by_name() {
        // Given
        var web = Pods.of("web-1", WEB).waiting();
        var worker = Pods.of("worker-1", WORKER).waiting();
        // When
        var one = Seen.of(Migrators.shop()).pods(worker, web).plan();
        var other = Seen.of(Migrators.shop()).pods(web, worker).plan();
        // Then
        assertThat(one.start()).isPresent().isEqualTo(other.start());
        assertThat(one.status().desiredRevision()).isEqualTo("shop:v1");
    }

    @DisplayName("B3: finished, evicted and terminating pods count for nothing")
    @Test
    void dead_pods_are_no_candidates() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(
                        Pods.of("a", WORKER).phase("Succeeded"),
                        Pods.of("b", WORKER).phase("Failed"),
                        Pods.of("c", WORKER).evicted(),
                        Pods.of("d", WORKER).waiting().terminating())
                .plan();
        // Then
        assertThat(plan.start()).isEmpty();
        assertThat(plan.status().phase()).isEqualTo(Phase.NothingToMigrate);
    }

    @Test
    void a_pod_without_a_status_is_live() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).phase(null))
                .plan();
        // Then
        assertThat(plan.start()).isPresent();
    }

    @DisplayName("templateSelector picks the workload that is migrated from")
    @Test
    void only_pods_that_the_template_selector_selects_offer_a_template() {
        // When
        var plan = Seen.of(Migrators.shop("templateSelector: {matchLabels: {role: worker}}"))
                .pods(
                        Pods.of("web-1", WEB).waiting().createdAt(Migrators.T0.minusSeconds(60)),
                        Pods.of("worker-1", WORKER)
                                .labelled(Map.of("app", "shop", "role", "worker"))
                                .waiting())
                .plan();
        // Then
        assertThat(plan.status().run()).extracting(run -> run.workload()).isEqualTo("Deployment/worker");
    }

    @DisplayName("B9: any kind of workload will do")
    @ParameterizedTest
    @ValueSource(strings = {"StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout", "Pod"})
    void any_kind_of_workload_is_migrated_from(String kind) {
        // Given
        var story = Story.of();
        var pod = story.cluster.rollsOut(kind + "/thing", "shop:v1");
        // When
        story.migrationSucceeds();
        // Then
        assertThat(story.newest().workload()).isEqualTo(kind + "/thing");
        assertThat(story.started(pod)).isTrue();
    }

    @DisplayName("B9: a StatefulSet's new template is migrated though only old pods are there")
    @Test
    void the_workloads_template_counts_and_not_an_old_pod() {
        // Given
        var set = Workloads.of("StatefulSet", "db", Workloads.template("shop:v2"));
        var seen = Seen.of(Migrators.with(
                        Migrators.shop(),
                        new History(List.of(Migrators.entry("a", "shop:v1", Outcome.Succeeded)), null)))
                .pods(Pods.of("db-0", set).madeFrom(Workloads.template("shop:v1")));
        // When
        var plan = seen.plan();
        // Then
        assertThat(plan.status().run()).extracting(run -> run.revision()).isEqualTo("shop:v2");
    }

    @DisplayName("B18: the Job's own pods never count, whatever labels they were given")
    @Test
    void own_pods_are_not_involved() {
        // Given
        var migrator = Migrators.shop("labels: {app: shop}");
        var template = Jobs.of(migrator, WEB).job().getSpec().getTemplate();
        var pod = Pods.orphan("shop-abc-1")
                .labelled(template.getMetadata().getLabels())
                .build();
        pod.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withKind("Job")
                        .withName("shop-abc")
                        .withUid("u")
                        .withController(true)
                        .build()));
        // Then
        assertThat(pod.getMetadata().getLabels()).containsEntry("app", "shop");
        assertThat(Involvement.holdsOrSelects(migrator).test(pod)).isFalse();
        assertThat(Involvement.ownJob(migrator, pod)).isTrue();
        assertThat(Involvement.concerns(migrator, pod)).isTrue();
        assertThat(Involvement.ownJob(Migrators.named("other"), pod)).isFalse();
    }

    @Test
    void an_applications_pod_with_the_operators_label_is_not_taken_for_its_own() {
        // Given
        var pod = Pods.of("web-1", WEB)
                .labelled(Map.of("app", "shop", Labels.MIGRATOR, "shop"))
                .build();
        // Then
        assertThat(Involvement.holdsOrSelects(Migrators.shop()).test(pod)).isTrue();
    }

    @Test
    void a_pod_with_the_gate_is_involved_though_it_is_not_selected() {
        // Given
        var pod = Pods.of("web-1", WEB).labelled(Map.of("app", "other")).waiting();
        // Then
        assertThat(Involvement.concerns(Migrators.shop(), pod.build())).isTrue();
        assertThat(Involvement.concerns(Migrators.named("other"), pod.build())).isFalse();
    }

    @Test
    void a_missing_container_is_told_with_the_ones_at_hand() {
        // When
        var plan = Seen.of(Migrators.shop("container: django"))
                .pods(Pods.of("web-1", WEB).waiting())
                .plan();
        // Then
        assertThat(Seen.message(plan))
                .isEqualTo("no template container found: spec.container is django, but Deployment/web has app");
    }
}
