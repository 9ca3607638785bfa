package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.Manifests.podSpec;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import java.time.Duration;
import java.util.Map;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What holds a pod, and what lets it go. */
@EndToEnd
class GateE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(4);

    @Test
    @DisplayName("specs 25, 26, 31: a pod that no Migrator selects is left as it is")
    void a_pod_that_no_migrator_selects_is_left_alone(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"));

        // When
        namespace.apply(deployment("other", "app:v1", 1));

        // Then
        namespace.awaitRunning("other", "app:v1", 1);
        assertThat(namespace.running("other").getFirst().getSpec().getInitContainers())
                .isEmpty();
        assertThat(namespace.jobs()).isEmpty();
    }

    @Test
    @DisplayName("B23: the waiter comes first, before the application's own init containers")
    void the_waiter_is_the_first_init_container(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD));

        // When
        namespace.apply(
                deployment("web", "app:v1", 1)
                        .replace(
                                "      containers:",
                                "      initContainers: [{name: seed, image: 'app:v1', command: [sh, -c, 'echo seeded']}]\n      containers:"));

        // Then
        namespace.awaitWaiting("web", 1);
        assertThat(namespace.pods("web").getFirst().getSpec().getInitContainers())
                .extracting(Container::getName)
                .containsExactly("migrate-wait-web", "seed");
        namespace.endMigrations();
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    void a_scheduling_gate_holds_the_pod_unscheduled(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD, "gate: SchedulingGate"));

        // When
        namespace.apply(deployment("web", "app:v1", 2));

        // Then
        namespace.awaitWaiting("web", 2);
        assertThat(namespace.pods("web")).allSatisfy(pod -> {
            assertThat(pod.getSpec().getNodeName()).isNull();
            assertThat(pod.getSpec().getSchedulingGates())
                    .extracting(PodSchedulingGate::getName)
                    .containsExactly("migrations.coderanger.net/web");
        });
        namespace.endMigrations();
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.recorder().waiters()).isEmpty();
    }

    @Test
    void gate_none_runs_the_migration_and_holds_nobody(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD, "gate: None"));

        // When
        namespace.apply(deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.status("web").run()).isNotNull();
        namespace.endMigrations();
        namespace.awaitReady("web", "app:v1");
        assertThat(namespace.condition("web", "UngatedPods").status()).isEqualTo("False");
    }

    @Test
    @DisplayName("B21: with wait-for a pod is held even before its Migrator exists")
    void wait_for_holds_a_pod_that_is_applied_before_its_migrator(TestNamespace namespace) {
        // When
        namespace.apply(deployment("web", "app:v1", 1, "{migrations.coderanger.net/wait-for: web}"));

        // Then
        namespace.await(() -> assertThat(namespace.pods("web"))
                .singleElement()
                .satisfies(pod -> assertThat(
                                pod.getSpec().getInitContainers().getFirst().getName())
                        .isEqualTo("migrate-wait-web")));
        namespace.await(() -> assertThat(namespace.events("MigratorMissing"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("Migrator web", "does not exist")));
        assertThat(namespace.recorder().applications()).isEmpty();

        // When
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    @DisplayName("B21: a scheduling gate in the template holds the pod, whatever the webhook does")
    void a_scheduling_gate_written_into_the_template_holds_the_pod(TestNamespace namespace) {
        // Given
        namespace.apply(deployment("web", "app:v1", 2)
                .replace(
                        "      containers:",
                        "      schedulingGates: [{name: migrations.coderanger.net/web}]\n      containers:"));
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().applications()).isEmpty());

        // When
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    @DisplayName("spec 32: a pod that requires a Migrator is refused while none matches")
    void required_refuses_a_pod_that_no_migrator_selects(TestNamespace namespace) {
        var pod = """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                  labels: {app: web}
                  annotations: {migrations.coderanger.net/required: "true"}
                spec:
                %s
                """.formatted(podSpec("app:v1").indent(2));

        // When, Then
        assertThatThrownBy(() -> namespace.apply(pod)).hasMessageContaining("no migrators found matching pod");

        // When
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.await(() -> namespace.apply(pod));
        namespace.awaitRunning("web", "app:v1", 1);
    }

    @Test
    @DisplayName("spec 15: no-wait is never held")
    void no_wait_is_never_held(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 600"), deployment("web", "app:v1", 1));
        namespace.awaitWaiting("web", 1);

        // When
        namespace.apply(deployment("tool", "app:v1", 1, "{migrations.coderanger.net/no-wait: \"true\"}")
                .replace("labels: {app: tool}", "labels: {app: tool, also: web}"));

        // Then
        namespace.awaitRunning("tool", "app:v1", 1);
        assertThat(namespace.recorder().applications())
                .singleElement()
                .satisfies(start -> assertThat(start.pod()).startsWith("tool-"));
    }

    @Test
    void the_annotation_revision_stands_in_for_the_image(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), revision("schema-1"));
        namespace.awaitReady("web", "schema-1");
        namespace.awaitRunning("web", "app:v1", 1);

        // When
        namespace.apply(revision("schema-2"));

        // Then
        namespace.awaitReady("web", "schema-2");
        assertThat(namespace.recorder().migrations()).hasSize(2);
        assertThat(namespace.status("web").lastSuccessfulMigration()).isEqualTo("app:v1");
    }

    private static String revision(String revision) {
        return deployment("web", "app:v1", 1, "{migrations.coderanger.net/revision: " + revision + "}");
    }

    @Test
    @DisplayName("B20: a pod that is older than its Migrator can still be changed, and is reported")
    void a_pod_older_than_its_migrator_can_be_changed_and_is_reported(TestNamespace namespace) {
        // Given
        namespace.apply(deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);

        // When
        namespace.apply(migrator("web", "web", UNTIL_TOLD));

        // Then
        namespace.await(() ->
                assertThat(namespace.condition("web", "UngatedPods").status()).isEqualTo("True"));
        var pod = namespace.running("web").getFirst();
        namespace.client().resource(pod).edit(current -> {
            current.getMetadata().getLabels().put("changed", "yes");
            return current;
        });
        assertThat(namespace.running("web").getFirst().getMetadata().getLabels())
                .containsEntry("changed", "yes");
        namespace.await(() -> assertThat(namespace.events("UngatedPodsRunning")).isNotEmpty());
        namespace.endMigrations();
        namespace.awaitReady("web", "app:v1");
        namespace.await(() ->
                assertThat(namespace.condition("web", "UngatedPods").status()).isEqualTo("False"));
    }

    @Test
    @DisplayName("B24: pods are admitted and wait where PodSecurity is restricted and a quota asks for limits")
    void the_waiter_passes_restricted_pod_security_and_a_quota_on_limits(TestNamespace namespace) {
        // Given
        namespace.label(Map.of("pod-security.kubernetes.io/enforce", "restricted"));
        namespace.apply("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: quota}
                spec: {hard: {limits.cpu: "4", limits.memory: 2Gi, requests.cpu: "2", requests.memory: 1Gi}}
                """, migrator("web", "web", "sleep 2"));

        // When
        namespace.apply(
                deployment("web", "app:v1", 1)
                        .replace(
                                "      terminationGracePeriodSeconds",
                                "      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}\n      terminationGracePeriodSeconds")
                        .replace(
                                "        image: app:v1\n",
                                "        image: app:v1\n        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}\n        resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 100m, memory: 32Mi}}\n"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.recorder().waiters()).isNotEmpty();
    }

    @Test
    @DisplayName("B32: two Migrators on one pod are waited for in the order of their names")
    void two_migrators_hold_one_pod(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("zeta", "web", "sleep 1"), migrator("alpha", "web", UNTIL_TOLD));

        // When
        namespace.apply(deployment("web", "app:v1", 1));

        // Then
        namespace.awaitWaiting("alpha", 1);
        assertThat(namespace.pods("web").getFirst().getSpec().getInitContainers())
                .extracting(Container::getName)
                .containsExactly("migrate-wait-alpha", "migrate-wait-zeta");
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(2));
        namespace.endMigrations();
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.recorder().migrations()).hasSize(2);
        var lastMigration = namespace.recorder().migrations().stream()
                .map(run -> run.finishedAt().orElseThrow())
                .max(String::compareTo)
                .orElseThrow();
        assertThat(namespace.recorder().applications())
                .singleElement()
                .satisfies(start -> assertThat(start.startedAt()).isGreaterThanOrEqualTo(lastMigration));
    }

    @Test
    @DisplayName("B25: a pod that waits is released when its Migrator is deleted")
    void deleting_the_migrator_releases_the_pods_that_it_held(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "exit 1", "job: {backoffLimit: 0}"), deployment("web", "app:v1", 2));
        namespace.awaitStalled("web");

        // When
        namespace.client().resource(namespace.migrator("web")).delete();

        // Then
        namespace.awaitRunning("web", "app:v1", 2);
        namespace.await(() -> assertThat(namespace.jobs()).isEmpty());
    }

    @Test
    void deleting_the_migrator_ends_its_run_and_nothing_of_it_stays(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 100000 & wait"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace.client().resource(namespace.migrator("web")).delete();

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.await(() -> assertThat(namespace.jobs()).isEmpty());
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .allSatisfy(run -> assertThat(run.finishedAt()).isPresent()));
    }

    @Test
    void a_migration_that_a_deleted_migrator_leaves_behind_ends_before_the_next_begins(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));
        var leftBehind = namespace.jobs().getFirst();

        // When
        namespace
                .client()
                .resource(namespace.migrator("web"))
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();
        namespace.await(() -> assertThat(namespace
                        .client()
                        .resources(Migrator.class)
                        .inNamespace(namespace.name())
                        .list()
                        .getItems())
                .isEmpty());
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("web", "Ready").message()).contains("as soon as pod"));
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace.endMigrations();

        // Then
        namespace.awaitReady("web", "app:v1");
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .hasSize(2)
                .allSatisfy(run -> assertThat(run.finishedAt()).isPresent())
                .allSatisfy(run -> assertThat(run.exitCode()).isZero()));
        namespace.assertNoTwoMigrationsAtOnce();

        // When
        namespace.client().resource(leftBehind).delete();

        // Then
        namespace.await(() -> assertThat(namespace.jobs())
                .extracting(job -> job.getMetadata().getUid())
                .doesNotContain(leftBehind.getMetadata().getUid()));
    }

    @Test
    void a_namespace_is_deleted_while_a_migration_runs_in_it(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 100000 & wait"), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        var itself = namespace.client().namespaces().withName(namespace.name());
        itself.delete();

        // Then
        namespace.await(() -> assertThat(itself.get()).isNull());
    }
}
