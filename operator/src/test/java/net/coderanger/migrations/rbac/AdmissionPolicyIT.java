package net.coderanger.migrations.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart's ValidatingAdmissionPolicies leave of the operator's rights to write pods and Jobs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionPolicyIT {

    private static final int FORBIDDEN = 403;
    private static final Duration POLICIES_ARE_IN_FORCE = Duration.ofSeconds(60);

    private ChartRights rights;
    private IdleObjects objects;
    private KubernetesClient operator;

    @BeforeAll
    void install() throws IOException, InterruptedException {
        rights = ChartRights.install();
        objects = new IdleObjects(rights.admin(), rights.namespace());
        operator = rights.operator();
        var dryRun = new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withDryRun(List.of("All"))
                .build();
        List<HasMetadata> foreign = List.of(objects.pod(), objects.jobOfSomebodyElse());
        await().atMost(POLICIES_ARE_IN_FORCE)
                .untilAsserted(() -> assertThat(foreign)
                        .allSatisfy(object -> refuses(
                                "must not",
                                () -> operator.resource(object)
                                        .patch(dryRun, "{\"metadata\": {\"labels\": {\"app\": \"other\"}}}"))));
    }

    @AfterAll
    void remove() {
        operator.close();
        rights.close();
    }

    @Test
    void a_pod_is_released_by_its_annotation_and_its_scheduling_gate_together() {
        var pod = objects.pod();

        var released = patch(
                pod,
                PatchType.STRATEGIC_MERGE,
                "{'metadata': {'uid': '%s', 'annotations': {'%s': '%s'}}, 'spec': {'schedulingGates': [{'$patch': 'delete', 'name': '%s'}]}}"
                        .formatted(
                                pod.getMetadata().getUid(),
                                Annotations.released("shop"),
                                pod.getMetadata().getUid(),
                                Gates.schedulingGate("shop")));

        assertThat(released.getMetadata().getAnnotations())
                .containsEntry(Annotations.released("shop"), pod.getMetadata().getUid())
                .containsEntry("team", "shop");
        assertThat(released.getSpec().getSchedulingGates())
                .extracting("name")
                .containsExactly(IdleObjects.FOREIGN_GATE);
    }

    @Test
    void a_release_annotation_may_be_changed_and_taken_back() {
        var pod = objects.pod();
        patch(pod, PatchType.JSON_MERGE, released("'first'"));

        assertThat(patch(pod, PatchType.JSON_MERGE, released("'second'"))
                        .getMetadata()
                        .getAnnotations())
                .containsEntry(Annotations.released("shop"), "second");
        assertThat(patch(pod, PatchType.JSON_MERGE, released("null"))
                        .getMetadata()
                        .getAnnotations())
                .doesNotContainKey(Annotations.released("shop"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            another annotation is added        | {'metadata': {'annotations': {'sidecar.istio.io/inject': 'false'}}}
            another annotation is changed      | {'metadata': {'annotations': {'team': 'other'}}}
            another annotation is removed      | {'metadata': {'annotations': {'team': null}}}
            an annotation that users set       | {'metadata': {'annotations': {'migrations.coderanger.net/no-wait': 'true'}}}
            a label is added                   | {'metadata': {'labels': {'app': 'other'}}}
            a label is removed                 | {'metadata': {'labels': {'team': null}}}
            an owner is added                  | {'metadata': {'ownerReferences': [{'apiVersion': 'v1', 'kind': 'Node', 'name': 'a', 'uid': 'b'}]}}
            a finalizer is added               | {'metadata': {'finalizers': ['example.com/keep']}}
            the image is changed               | {'spec': {'containers': [{'name': 'shop', 'image': 'evil'}]}}
            the image of an init container     | {'spec': {'initContainers': [{'name': 'seed', 'image': 'evil'}]}}
            a toleration is added              | {'spec': {'tolerations': [{'operator': 'Exists'}, {'key': 'spot', 'operator': 'Exists'}]}}
            a deadline is set                  | {'spec': {'activeDeadlineSeconds': 1}}
            the node selector is narrowed      | {'spec': {'nodeSelector': {'pool': 'spot'}}}
            an affinity is added               | {'spec': {'affinity': {'nodeAffinity': {'requiredDuringSchedulingIgnoredDuringExecution': {'nodeSelectorTerms': [{'matchExpressions': [{'key': 'a', 'operator': 'Exists'}]}]}}}}}
            somebody else's gate is lifted     | {'spec': {'schedulingGates': [{'$patch': 'delete', 'name': 'example.com/quota'}]}}
            a release comes with another label | {'metadata': {'annotations': {'released.migrations.coderanger.net/shop': 'x'}, 'labels': {'app': 'other'}}}
            """)
    void nothing_else_of_a_pod_may_be_written_not_even_when(String what, String change) {
        var pod = objects.pod();

        refuses("the migrations operator must not", () -> patch(pod, PatchType.STRATEGIC_MERGE, change));

        assertThat(rights.admin().resource(pod).get().getMetadata().getResourceVersion())
                .isEqualTo(pod.getMetadata().getResourceVersion());
    }

    @Test
    void a_job_with_a_migrator_as_its_controller_may_be_created_stamped_let_go_and_deleted() {
        var job = operator.resource(objects.job()).create();

        patch(job, "{'metadata': {'annotations': {'%s': 'Running'}}}".formatted(Annotations.PROGRESS));
        var free = patch(
                job,
                PatchType.JSON_MERGE,
                "{'metadata': {'finalizers': ['%s']}}".formatted(IdleObjects.FOREIGN_FINALIZER));
        operator.resource(free).delete();

        assertThat(free.getMetadata().getAnnotations()).containsEntry(Annotations.PROGRESS, "Running");
        assertThat(rights.admin().resource(job).get().getMetadata().getDeletionTimestamp())
                .isNotNull();
        objects.letGoOf(job);
    }

    @Test
    void a_job_without_a_migrator_as_its_controller_must_not_be_created() {
        var without = objects.job();
        without.getMetadata().setOwnerReferences(List.of());
        var byAnother = objects.job();
        byAnother.getMetadata().getOwnerReferences().getFirst().setApiVersion("apps/v1");
        var onlyOwned = objects.job();
        onlyOwned.getMetadata().getOwnerReferences().getFirst().setController(false);
        var unlabelled = objects.job();
        unlabelled.getMetadata().getLabels().remove(Labels.MIGRATOR);

        assertThat(List.of(without, byAnother, onlyOwned, unlabelled))
                .allSatisfy(job -> refuses(
                        "must not write a Job", () -> operator.resource(job).create()));
    }

    @Test
    void a_job_that_its_migrator_has_left_behind_may_be_let_go_and_not_be_deleted() {
        var orphan = objects.job();
        orphan.getMetadata().setOwnerReferences(List.of());
        var job = rights.admin().resource(orphan).create();

        refuses("must not write a Job", () -> operator.resource(job).delete());
        assertThat(patch(job, "{'metadata': {'finalizers': ['%s']}}".formatted(IdleObjects.FOREIGN_FINALIZER))
                        .getFinalizers())
                .containsExactly(IdleObjects.FOREIGN_FINALIZER);

        objects.letGoOf(job);
    }

    @Test
    void a_job_of_somebody_else_must_not_be_changed_or_deleted() {
        var job = objects.jobOfSomebodyElse();

        refuses(
                "must not write a Job",
                () -> patch(job, "{'metadata': {'annotations': {'%s': 'x'}}}".formatted(Annotations.PROGRESS)));
        refuses("must not write a Job", () -> operator.resource(job).delete());
        refuses(
                "must not write a Job",
                () -> patch(
                        job,
                        "{'metadata': {'labels': {'%s': 'shop'}, 'ownerReferences': [{'apiVersion': '%s/v1beta1', 'kind': 'Migrator', 'name': 'shop', 'uid': 'x', 'controller': true}]}}"
                                .formatted(Labels.MIGRATOR, Migrator.GROUP)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            its spec is changed              | {'spec': {'suspend': false}}
            its parallelism is changed       | {'spec': {'parallelism': 5}}
            a label is added                 | {'metadata': {'labels': {'app': 'other'}}}
            another annotation is added      | {'metadata': {'annotations': {'team': 'other'}}}
            its owners are removed           | {'metadata': {'ownerReferences': null}}
            a finalizer is added             | {'metadata': {'finalizers': ['migrations.coderanger.net/outcome', 'example.com/keep', 'example.com/more']}}
            another's finalizer is removed   | {'metadata': {'finalizers': ['migrations.coderanger.net/outcome']}}
            """)
    void nothing_else_of_a_migrations_job_may_be_written_not_even_when(String what, String change) {
        var job = operator.resource(objects.job()).create();

        refuses("the migrations operator must not", () -> patch(job, PatchType.JSON_MERGE, change));

        objects.letGoOf(job);
    }

    @Test
    void others_are_not_bound_by_the_policies() {
        var pod = objects.pod();
        var labelled = rights.admin()
                .resource(pod)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"labels\": {\"app\": \"other\"}}}");

        assertThat(labelled.getMetadata().getLabels()).containsEntry("app", "other");
    }

    private static String released(String value) {
        return "{'metadata': {'annotations': {'%s': %s}}}".formatted(Annotations.released("shop"), value);
    }

    private Job patch(Job job, String change) {
        return patch(job, PatchType.JSON_MERGE, change);
    }

    /** The change is JSON with single quotes. */
    private <T extends HasMetadata> T patch(T object, PatchType type, String change) {
        return operator.resource(object).patch(PatchContext.of(type), change.replace('\'', '"'));
    }

    private static void refuses(String message, Runnable write) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refusal -> assertThat(refusal.getCode()).isEqualTo(FORBIDDEN))
                .hasMessageContaining("ValidatingAdmissionPolicy")
                .hasMessageContaining(message);
    }
}
