package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What does the Job of a run look like? */
class MigrationJobTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");
    private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String LABEL_VALUE = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    @Test
    void the_job_carries_all_that_its_history_entry_will_need() {
        // When
        var job = job(Migrators.shop("trigger: t1"), WEB);
        // Then
        assertThat(job.getMetadata().getAnnotations())
                .containsEntry(Annotations.REVISION, "shop:v1")
                .containsEntry(Annotations.WORKLOAD, "Deployment/web")
                .containsEntry(Annotations.TRIGGER, "t1")
                .containsKey(Annotations.INPUTS);
        assertThat(job.getMetadata().getFinalizers()).containsExactly(Gates.OUTCOME_FINALIZER);
        assertThat(job.getMetadata().getLabels()).containsKey(Labels.RUN);
    }

    @Test
    void the_migrator_owns_its_job() {
        // When
        var owner =
                job(Migrators.shop(), WEB).getMetadata().getOwnerReferences().getFirst();
        // Then
        assertThat(owner.getKind()).isEqualTo("Migrator");
        assertThat(owner.getApiVersion()).isEqualTo("migrations.coderanger.net/v1beta1");
        assertThat(owner.getUid()).isEqualTo("uid-of-shop");
        assertThat(owner.getController()).isTrue();
        // true takes the right to update migrators/finalizers, in clusters that enforce owner references
        assertThat(owner.getBlockOwnerDeletion()).isFalse();
    }

    @DisplayName("the original's contract: label, no-wait annotation, labels and annotations of the spec")
    @Test
    void the_pod_carries_what_the_original_gave_it() {
        // When
        var pod = job(Migrators.shop("labels: {team: blue}", "annotations: {note: x, linkerd.io/inject: enabled}"), WEB)
                .getSpec()
                .getTemplate()
                .getMetadata();
        // Then
        assertThat(pod.getLabels())
                .containsEntry("migrations", "shop")
                .containsEntry("team", "blue")
                .doesNotContainKey("app");
        assertThat(pod.getAnnotations())
                .containsEntry(Annotations.NO_WAIT, "true")
                .containsEntry("note", "x")
                .containsEntry("linkerd.io/inject", "enabled")
                .containsEntry("sidecar.istio.io/inject", "false");
    }

    @Test
    void nobody_can_take_the_operators_own_labels_and_annotations_away() {
        // When
        var pod = job(
                        Migrators.shop(
                                "labels: {migrations: other, migrations.coderanger.net/migrator: other}",
                                "annotations: {migrations.coderanger.net/no-wait: 'false'}"),
                        WEB)
                .getSpec()
                .getTemplate()
                .getMetadata();
        // Then
        assertThat(pod.getLabels()).containsEntry("migrations", "shop").containsEntry(Labels.MIGRATOR, "shop");
        assertThat(pod.getAnnotations()).containsEntry(Annotations.NO_WAIT, "true");
    }

    @DisplayName("B31: labels by which Argo CD, Helm and Flux know what they have applied are not copied")
    @Test
    void tracking_labels_are_not_copied() {
        // Given
        var migrator = Migrators.shop();
        migrator.getMetadata()
                .setLabels(Map.of(
                        "team", "blue",
                        "app.kubernetes.io/name", "shop",
                        "app.kubernetes.io/instance", "shop",
                        "app.kubernetes.io/managed-by", "Helm",
                        "argocd.argoproj.io/instance", "shop",
                        "helm.sh/chart", "shop-1",
                        "kustomize.toolkit.fluxcd.io/name", "shop",
                        "helm.toolkit.fluxcd.io/name", "shop"));
        // When
        var job = job(migrator, WEB);
        // Then
        assertThat(job.getMetadata().getLabels().keySet())
                .containsExactlyInAnyOrder(
                        "team", "app.kubernetes.io/name", "migrations", Labels.MIGRATOR, Labels.RUN, Labels.STEP);
    }

    @Test
    void retries_and_deadline_are_the_jobs_own() {
        // When
        var usual = job(Migrators.shop(), WEB).getSpec();
        var asked = job(Migrators.shop("job: {backoffLimit: 0, activeDeadlineSeconds: 90}"), WEB)
                .getSpec();
        // Then
        assertThat(usual.getBackoffLimit()).isEqualTo(3);
        assertThat(usual.getActiveDeadlineSeconds()).isNull();
        assertThat(usual.getTtlSecondsAfterFinished()).isNull();
        assertThat(usual.getPodReplacementPolicy()).isEqualTo("Failed");
        assertThat(usual.getPodFailurePolicy().getRules().getFirst().getAction())
                .isEqualTo("Ignore");
        assertThat(asked.getBackoffLimit()).isZero();
        assertThat(asked.getActiveDeadlineSeconds()).isEqualTo(90);
    }

    @Test
    void the_name_depends_on_the_history_and_on_nothing_else() {
        // Given
        var migrator = Migrators.shop();
        var later = Migrators.with(
                migrator, new History(List.of(Migrators.entry("a", "shop:v1", Outcome.Succeeded)), null));
        // When
        var first = job(migrator, WEB).getMetadata().getName();
        // Then
        assertThat(job(Migrators.shop("command: [migrate]"), Workloads.deployment("api", "api:v9"))
                        .getMetadata()
                        .getName())
                .isEqualTo(first);
        assertThat(job(later, WEB).getMetadata().getName()).isNotEqualTo(first);
        assertThat(first).matches("shop-[0-9a-f]{10}");
    }

    @Test
    void two_migrators_of_one_name_make_jobs_of_different_names() {
        // Given
        var again = Migrators.shop();
        again.getMetadata().setUid("another");
        // Then
        assertThat(job(again, WEB).getMetadata().getName())
                .isNotEqualTo(job(Migrators.shop(), WEB).getMetadata().getName());
    }

    static Stream<String> names() {
        return Stream.of("shop.example.com", "a".repeat(52), "a".repeat(53), "a".repeat(253), "a" + ".b".repeat(126));
    }

    @DisplayName("B19: names with dots or of 253 characters make valid Jobs")
    @ParameterizedTest
    @MethodSource("names")
    void any_migrators_name_makes_valid_names(String name) {
        // When
        var job = job(Migrators.named(name), WEB);
        // Then
        assertThat(job.getMetadata().getName()).matches(DNS_LABEL).hasSizeLessThanOrEqualTo(63);
        var labels = new HashMap<>(job.getMetadata().getLabels());
        labels.putAll(job.getSpec().getTemplate().getMetadata().getLabels());
        assertThat(labels.values()).allMatch(value -> value.length() <= 63 && value.matches(LABEL_VALUE));
    }

    @Test
    void the_inputs_tell_whether_a_job_would_do_the_same() {
        // Given
        var inputs = inputs(Migrators.shop(), WEB);
        // Then
        assertThat(inputs(Migrators.shop("trigger: t1", "suspend: true", "historyLimit: 3"), WEB))
                .isEqualTo(inputs);
        assertThat(inputs(Migrators.shop("command: [migrate]"), WEB)).isNotEqualTo(inputs);
        assertThat(inputs(Migrators.shop("job: {backoffLimit: 1}"), WEB)).isNotEqualTo(inputs);
        assertThat(inputs(Migrators.shop(), Workloads.deployment("web", "shop:v2")))
                .isNotEqualTo(inputs);
    }

    @DisplayName("kubectl rollout restart changes an annotation of the template, and nothing of the migration")
    @Test
    void a_restart_is_no_other_migration() {
        // Given
        var restarted = Workloads.template("shop:v1");
        restarted.getMetadata().setAnnotations(Map.of("kubectl.kubernetes.io/restartedAt", "2026-03-01T10:00:00Z"));
        // Then
        assertThat(inputs(Migrators.shop(), Workloads.of("Deployment", "web", restarted)))
                .isEqualTo(inputs(Migrators.shop(), WEB));
    }

    @Test
    void the_inputs_do_not_depend_on_the_order_of_maps() {
        // Given
        var one = Workloads.template("shop:v1");
        var other = Workloads.template("shop:v1");
        one.getSpec().setNodeSelector(new LinkedHashMap<>(Map.of("a", "1")));
        one.getSpec().getNodeSelector().put("b", "2");
        other.getSpec().setNodeSelector(new LinkedHashMap<>(Map.of("b", "2")));
        other.getSpec().getNodeSelector().put("a", "1");
        // Then
        assertThat(inputs(Migrators.shop(), Workloads.of("Deployment", "web", one)))
                .isEqualTo(inputs(Migrators.shop(), Workloads.of("Deployment", "web", other)));
    }

    private static Job job(Migrator migrator, Workload workload) {
        return Jobs.of(migrator, workload).job();
    }

    private static String inputs(Migrator migrator, Workload workload) {
        return Itinerary.up(migrator, workload).orElseThrow().inputs();
    }
}
