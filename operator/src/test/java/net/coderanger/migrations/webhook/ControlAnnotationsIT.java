package net.coderanger.migrations.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import net.coderanger.migrations.rbac.ChartRights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server lets real users ask of a Migrator, when it asks the operator's admission. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlAnnotationsIT {

    private static final int FORBIDDEN = 403;
    private static final int INVALID = 422;
    private static final Duration WEBHOOKS_ARE_IN_FORCE = Duration.ofSeconds(60);

    /** Has the chart's role for approvers and nothing else. */
    private static final String APPROVER = "ann";
    /** May patch Migrators and create Jobs. */
    private static final String DEVELOPER = "dev";
    /** May patch Migrators and do nothing else. */
    private static final String PATCHER = "pat";

    private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();
    private ChartRights rights;
    private ServedAdmission admission;

    @BeforeAll
    void install() throws IOException, InterruptedException {
        rights = ChartRights.install();
        bind("ClusterRole", rights.namespace() + "-approver", APPROVER);
        allow(PATCHER, "migrations.coderanger.net", "migrators", "get", "patch", "update");
        allow(DEVELOPER, "migrations.coderanger.net", "migrators", "get", "patch", "create");
        allow(DEVELOPER, "batch", "jobs", "create");
        admission = ServedAdmission.start(rights);
        var probe = migrator("{}", "{}");
        await().atMost(WEBHOOKS_ARE_IN_FORCE).ignoreExceptions().untilAsserted(() -> {
            var written = as("admin", probe).patch(dryRun(), annotations("'A/retry': 'now'"));
            assertThat(written.getMetadata().getAnnotations()).containsKey("migrations.coderanger.net/retry-by");
            refused(
                    INVALID,
                    "must not be empty",
                    () -> as("admin", probe).patch(dryRun(), annotations("'A/retry': ''")));
        });
    }

    @AfterAll
    void remove() {
        admission.close();
        clients.values().forEach(KubernetesClient::close);
        rights.close();
    }

    @Test
    void an_approver_approves_with_that_right_alone_and_bears_the_name() {
        var name = migrator("{}", "{}");

        patch(APPROVER, name, annotations("'A/approve': 'shop:v2 looks good'"));

        assertThat(annotationsOf(name))
                .containsEntry("migrations.coderanger.net/approve", "shop:v2 looks good")
                .containsEntry("migrations.coderanger.net/approve-by", APPROVER);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a run is retried         | {'metadata': {'annotations': {'A/retry': 'now'}}}
            a run is cancelled       | {'metadata': {'annotations': {'A/cancel': 'now'}}}
            a revision is baselined  | {'metadata': {'annotations': {'A/baseline': 'shop:v2'}}}
            an image is chosen       | {'spec': {'image': 'evil'}}
            it is suspended          | {'spec': {'suspend': true}}
            the operator is sent off | {'metadata': {'annotations': {'controller-utils/skip-reconcile': 'true'}}}
            its Jobs are labelled    | {'metadata': {'labels': {'app': 'shop'}}}
            it is given an owner     | {'metadata': {'ownerReferences': [{'apiVersion': 'v1', 'kind': 'ConfigMap', 'name': 'gone', 'uid': 'x'}]}}
            both at once             | {'metadata': {'annotations': {'A/approve': 'shop:v2', 'A/retry': 'now'}}}
            """)
    void an_approver_can_do_nothing_else_not_even_when(String what, String change) {
        var name = migrator("{}", "{}");

        refused(FORBIDDEN, "user ann may not create jobs.batch", () -> patch(APPROVER, name, change));
        patch(DEVELOPER, name, change.replace("'A/approve': 'shop:v2', ", ""));
    }

    @Test
    void whoever_lacks_the_right_is_refused_and_the_message_says_how_it_is_granted()
            throws IOException, InterruptedException {
        var name = migrator("{}", "{}");
        var approval = annotations("'A/approve': 'shop:v2'");

        var refusal = refused(
                FORBIDDEN,
                "user dev may not approve migrators.migrations.coderanger.net " + name + " in namespace "
                        + rights.namespace(),
                () -> patch(DEVELOPER, name, approval));
        run(refusal.substring(refusal.indexOf("kubectl")));

        await().atMost(WEBHOOKS_ARE_IN_FORCE).ignoreExceptions().untilAsserted(() -> patch(DEVELOPER, name, approval));
        assertThat(annotationsOf(name)).containsEntry("migrations.coderanger.net/approve-by", DEVELOPER);
        refused(FORBIDDEN, "may not approve", () -> patch(DEVELOPER, migrator("{}", "{}"), approval));
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry", "run", "cancel", "suspend-run", "resume-run", "baseline", "approve", "reject"})
    void to_patch_migrators_is_not_enough_to_ask_for_anything(String verb) {
        var name = migrator("{}", "{}");

        refused(FORBIDDEN, "user pat may not", () -> patch(PATCHER, name, annotations("'A/" + verb + "': 'v2'")));

        assertThat(annotationsOf(name)).isEmpty();
    }

    @Test
    void nobody_writes_a_stamp_but_the_operator() {
        var name = migrator("{}", "{}");

        patch(APPROVER, name, annotations("'A/approve': 'shop:v2', 'A/approve-by': 'boss', 'A/run-by': 'boss'"));
        assertThat(annotationsOf(name))
                .containsEntry("migrations.coderanger.net/approve-by", APPROVER)
                .doesNotContainKey("migrations.coderanger.net/run-by");

        patch(PATCHER, name, annotations("'A/approve-by': 'boss'"));
        patch(DEVELOPER, name, annotations("'A/approve-by': null, 'A/retry': 'now'"));
        assertThat(annotationsOf(name))
                .containsEntry("migrations.coderanger.net/approve-by", APPROVER)
                .containsEntry("migrations.coderanger.net/retry-by", DEVELOPER);

        patch(PATCHER, name, annotations("'A/approve': null"));
        assertThat(annotationsOf(name)).doesNotContainKey("migrations.coderanger.net/approve-by");
    }

    @Test
    void no_webhook_writes_a_stamp_but_the_operators() {
        var name = migrator("{}", "{tampered: 'true'}");

        refused(
                FORBIDDEN,
                "annotation migrations.coderanger.net/approve-by must be \"ann\"",
                () -> patch(APPROVER, name, annotations("'A/approve': 'shop:v2'")));
    }

    @Test
    void the_same_manifest_again_takes_no_right_and_leaves_the_stamp() {
        var name = migrator("{}", "{}");
        patch(APPROVER, name, annotations("'A/approve': 'shop:v2'"));
        var again = """
                {"apiVersion": "migrations.coderanger.net/v1beta1", "kind": "Migrator",
                 "metadata": {"name": "%s", "namespace": "%s", "annotations": {"migrations.coderanger.net/approve": "shop:v2"}},
                 "spec": {"selector": {"matchLabels": {"app": "nobody"}}}}
                """.formatted(name, rights.namespace());

        as(PATCHER, name)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager("gitops")
                                .withForce(true)
                                .build(),
                        again);
        as(PATCHER, name).edit(migrator -> {
            migrator.getMetadata().getAnnotations().remove("migrations.coderanger.net/approve-by");
            migrator.getMetadata().getAnnotations().put("example.com/note", "b");
            return migrator;
        });

        assertThat(annotationsOf(name))
                .containsEntry("migrations.coderanger.net/approve", "shop:v2")
                .containsEntry("migrations.coderanger.net/approve-by", APPROVER)
                .containsEntry("example.com/note", "b");
    }

    @Test
    void the_approved_revision_of_the_spec_takes_the_right_to_approve() {
        var name = migrator("{}", "{}");

        refused(
                FORBIDDEN,
                "user dev may not approve",
                () -> patch(DEVELOPER, name, "{'spec': {'approvedRevision': 'shop:v2'}}"));
        patch(APPROVER, name, "{'spec': {'approvedRevision': 'shop:v2'}}");
        patch(DEVELOPER, name, "{'spec': {'image': 'shop:v3'}}");
        refused(
                FORBIDDEN,
                "user ann may not create jobs.batch",
                () -> patch(APPROVER, name, "{'spec': {'approvedRevision': 'shop:v3', 'image': 'evil'}}"));
        patch(DEVELOPER, name, "{'spec': {'approvedRevision': null}}");
    }

    @Test
    void a_migrator_that_is_created_with_requests_is_looked_at_in_the_same_way() {
        var approved = unborn(json("{'A/approve': 'shop:v2'}"), "{}");
        var retried = unborn(json("{'A/retry': 'now', 'A/retry-by': 'boss'}"), "{}");

        refused(
                FORBIDDEN,
                "user dev may not approve",
                () -> client(DEVELOPER).resource(approved).create());
        client(DEVELOPER).resource(retried).create();

        assertThat(annotationsOf(retried.getMetadata().getName()))
                .containsEntry("migrations.coderanger.net/retry-by", DEVELOPER);
    }

    @Test
    void a_dry_run_is_answered_as_a_real_one_and_leaves_nothing() {
        var name = migrator("{}", "{}");

        var tried = as(APPROVER, name).patch(dryRun(), annotations("'A/reject': 'shop:v2 too slow'"));

        assertThat(tried.getMetadata().getAnnotations()).containsEntry("migrations.coderanger.net/reject-by", APPROVER);
        assertThat(annotationsOf(name)).isEmpty();
        refused(
                FORBIDDEN,
                "user pat may not approve",
                () -> as(PATCHER, name).patch(dryRun(), annotations("'A/reject': 'shop:v2'")));
    }

    @Test
    void a_malformed_request_is_refused() {
        var name = migrator("{}", "{}");

        refused(
                INVALID,
                "annotation migrations.coderanger.net/approve: must begin with the revision",
                () -> patch(APPROVER, name, annotations("'A/approve': ' looks good'")));
    }

    @Test
    void the_registration_that_comes_back_is_not_written_again() {
        assertThat(admission.registeredAsWanted()).isTrue();
    }

    private static PatchContext dryRun() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withDryRun(List.of("All"))
                .build();
    }

    /** JSON with single quotes; {@code A} stands for the operator's prefix. */
    private static String json(String text) {
        return text.replace("A/", "migrations.coderanger.net/").replace('\'', '"');
    }

    private static String annotations(String members) {
        return json("{'metadata': {'annotations': {" + members + "}}}");
    }

    private void patch(String user, String migrator, String change) {
        as(user, migrator).patch(PatchContext.of(PatchType.JSON_MERGE), json(change));
    }

    private static String refused(int code, String message, Runnable write) {
        var refusal = new StringBuilder();
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(KubernetesClientException.class, thrown -> {
                    assertThat(thrown.getCode()).isEqualTo(code);
                    refusal.append(thrown.getStatus().getMessage());
                })
                .hasMessageContaining(message);
        return refusal.toString();
    }

    private static void run(String commands) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("sh", "-ec", commands)
                .redirectErrorStream(true)
                .start();
        var output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("%s: %s", commands, output).isZero();
    }

    private Map<String, String> annotationsOf(String migrator) {
        return as("admin", migrator).get().getMetadata().getAnnotations();
    }

    private Resource<GenericKubernetesResource> as(String user, String migrator) {
        return client(user)
                .genericKubernetesResources("migrations.coderanger.net/v1beta1", "Migrator")
                .inNamespace(rights.namespace())
                .withName(migrator);
    }

    private KubernetesClient client(String user) {
        return user.equals("admin")
                ? rights.admin()
                : clients.computeIfAbsent(user, ControlAnnotationsIT::impersonating);
    }

    private static KubernetesClient impersonating(String user) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withImpersonateUsername(user)
                        .withImpersonateGroups("system:authenticated")
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    /** A new Migrator that selects nothing. */
    private String migrator(String annotations, String labels) {
        return rights.admin()
                .resource(unborn(annotations, labels))
                .create()
                .getMetadata()
                .getName();
    }

    private GenericKubernetesResource unborn(String annotations, String labels) {
        return rights.admin()
                .getKubernetesSerialization()
                .unmarshal(
                        """
                        apiVersion: migrations.coderanger.net/v1beta1
                        kind: Migrator
                        metadata: {name: db-%s, namespace: %s, annotations: %s, labels: %s}
                        spec: {selector: {matchLabels: {app: nobody}}}
                        """.formatted(
                                UUID.randomUUID().toString().substring(0, 8), rights.namespace(), annotations, labels),
                        GenericKubernetesResource.class);
    }

    private void allow(String user, String group, String resource, String... verbs) {
        var role = user + "-" + resource;
        rights.admin()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(rights.namespace())
                        .withName(role)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups(group)
                        .withResources(resource)
                        .withVerbs(verbs)
                        .endRule()
                        .build())
                .create();
        bind("Role", role, user);
    }

    private void bind(String kind, String role, String user) {
        rights.admin()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(rights.namespace())
                        .withName(user + "-" + role)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", kind, role)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }
}
