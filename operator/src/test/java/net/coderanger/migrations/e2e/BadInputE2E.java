package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.Manifests.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong is said, with what to do, where the user looks. */
@EndToEnd
class BadInputE2E {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "templateSelector: {}|spec.selector",
                "selector: {matchExpressions: [{key: app, operator: Like, values: [web]}]}|Like",
                "selector: {matchLabels: {app: 'not a value'}}|not a value",
                "'selector: {}\n  gate: Door'|gate",
                "'selector: {}\n  job: {backoffLimit: -1}'|backoffLimit",
                "'selector: {}\n  historyLimit: 0'|historyLimit",
            })
    void a_spec_that_cannot_work_is_refused(String spec, String message, TestNamespace namespace) {
        assertThatThrownBy(() -> namespace.apply("""
                        apiVersion: migrations.coderanger.net/v1beta1
                        kind: Migrator
                        metadata: {name: web}
                        spec:
                          %s
                        """.formatted(spec))).hasMessageContaining(message);
    }

    @Test
    void an_unknown_container_is_named_with_those_that_there_are(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "sleep 1", "container: application"), deployment("web", "app:v1", 1));

        // Then
        namespace.awaitStalled("web");
        assertThat(namespace.condition("web", "Stalled").message())
                .contains("no template container found", "application", "Deployment/web has main");
        assertThat(namespace.recorder().applications()).isEmpty();
    }

    @Test
    @DisplayName("spec 3: pods, but none that templateSelector selects")
    void no_template_is_said(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "sleep 1", "templateSelector: {matchLabels: {role: leader}}"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitWaiting("web", 1);
        namespace.await(() -> assertThat(namespace.condition("web", "Ready").message())
                .contains("no template pods found", "1 pod waits"));
    }

    @Test
    void a_wait_for_that_the_selector_does_not_match_is_said(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "other", "sleep 1"),
                deployment("web", "app:v1", 1, "{migrations.coderanger.net/wait-for: web}"));

        // Then
        namespace.awaitStalled("web");
        assertThat(namespace.condition("web", "Stalled").message()).contains("spec.selector matches none of them");
    }

    @Test
    @DisplayName("a workload that names itself as its owner keeps nobody from being migrated, not even itself")
    void owners_in_a_circle_end(TestNamespace namespace) {
        // Given
        namespace.apply(replicaSet("", 0));
        var uid = namespace
                .generic("apps/v1", "ReplicaSet", "web")
                .orElseThrow()
                .getMetadata()
                .getUid();

        // When
        namespace.apply(
                migrator("web", "web", "sleep 1"),
                replicaSet(
                        ", ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: " + uid
                                + ", controller: true}]",
                        1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    private static String replicaSet(String more, int replicas) {
        return """
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata: {name: web%s}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                %s
                """.formatted(more, replicas, template("web", "app:v1").indent(2));
    }

    @Test
    @DisplayName("B2 turned round: an image that cannot be pulled does not keep its own correction waiting")
    void an_image_that_cannot_be_pulled_is_said_and_can_be_corrected(TestNamespace namespace) {
        // When
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:no-such-tag", 1));

        // Then
        namespace.await(() -> assertThat(namespace.condition("web", "Ready").message())
                .containsAnyOf("ErrImagePull", "ImagePullBackOff"));
        assertThat(namespace.condition("web", "Ready").reason()).isEqualTo("MigrationPodNotStarting");

        // When
        namespace.apply(deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
    }

    @Test
    @DisplayName("B17: what a quota refuses is said, and goes on when there is room")
    void a_quota_that_refuses_the_jobs_pod_is_said(TestNamespace namespace) {
        // Given
        namespace.apply(
                migrator("web", "web", "sleep 1", "job: {resources: {requests: {cpu: '3'}, limits: {cpu: '3'}}}"),
                quota("2"));

        // When
        namespace.apply(deployment("web", "app:v1", 1)
                .replace(
                        "        image: app:v1\n",
                        "        image: app:v1\n        resources: {limits: {cpu: 100m}}\n"));

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("web", "Ready").message()).contains("exceeded quota"));

        // When
        namespace.apply(
                quota("9"),
                migrator("web", "web", "sleep 1", "job: {resources: {requests: {cpu: 10m}, limits: {cpu: 20m}}}"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
    }

    private static String quota(String cpu) {
        return """
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: quota}
                spec: {hard: {limits.cpu: "%s"}}
                """.formatted(cpu);
    }

    @Test
    void a_service_account_that_does_not_exist_is_said(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "sleep 1", "job: {serviceAccountName: migrations}"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.await(() -> assertThat(namespace.condition("web", "Ready").message())
                .contains("serviceaccount \"migrations\" not found"));

        // When
        namespace.apply("""
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: migrations}
                """);

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
    }

    @Test
    void a_job_that_fits_no_node_is_said(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "sleep 1", "job: {nodeSelector: {disk: none}}"), deployment("web", "app:v1", 1));

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("web", "Ready").message()).contains("finds no node"));

        // When
        namespace.apply(migrator("web", "web", "sleep 1", "job: {}"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
    }

    @Test
    void running_out_of_time_is_said(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "echo step one; sleep 600", "job: {activeDeadlineSeconds: 3, backoffLimit: 0}"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitStalled("web");
        assertThat(namespace.condition("web", "Stalled").message()).contains("activeDeadlineSeconds");
    }
}
