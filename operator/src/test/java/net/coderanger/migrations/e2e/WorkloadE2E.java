package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.controller;
import static net.coderanger.migrations.e2e.Manifests.cronJob;
import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.jobOf;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.Manifests.pod;
import static net.coderanger.migrations.e2e.Manifests.replicaSetOf;
import static net.coderanger.migrations.e2e.Manifests.template;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Migrations are made from whatever makes the pods. */
@EndToEnd
class WorkloadE2E {

    @ParameterizedTest
    @ValueSource(strings = {"StatefulSet", "DaemonSet"})
    @DisplayName("B9: StatefulSets and DaemonSets roll out behind their migration")
    void a_controller_of_its_own_pods_rolls_out_behind_its_migration(String kind, TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), controller(kind, "web", "app:v1"));
        namespace.awaitRunning("web", "app:v1", 1);

        // When
        namespace.apply(controller(kind, "web", "app:v2"));

        // Then
        namespace.awaitRunning("web", "app:v2", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        namespace.awaitOneMigrationBefore("app:v2");
        assertThat(namespace.status("web").history().getFirst().workload()).isEqualTo(kind + "/web");
    }

    @Test
    @DisplayName("B9: the pod of a CronJob's Job waits for the CronJob's migration")
    void a_cron_job_runs_behind_its_migration(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("report", "report", "sleep 1"), cronJob("report", "app:v1"));

        // When
        namespace.apply(jobOf(namespace.generic("batch/v1", "CronJob", "report").orElseThrow(), "app:v1"));

        // Then
        namespace.await(() -> assertThat(namespace
                        .client()
                        .batch()
                        .v1()
                        .jobs()
                        .inNamespace(namespace.name())
                        .withName("report-1")
                        .get()
                        .getStatus()
                        .getSucceeded())
                .isEqualTo(1));
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("report").history().getFirst().workload()).isEqualTo("CronJob/report");
    }

    @Test
    @DisplayName("specs 17, 18: an Argo Rollout is followed to its template, or to the workload that workloadRef names")
    void a_rollouts_template_is_found(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), rollout(template("web", "app:v2")));

        // When
        var rollout =
                namespace.generic("argoproj.io/v1alpha1", "Rollout", "web").orElseThrow();
        namespace.apply(replicaSetOf(rollout, "app:v1"));

        // Then
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v2")).hasSize(1));
        namespace.await(() -> assertThat(namespace.status("web").history()).anySatisfy(entry -> {
            assertThat(entry.revision()).isEqualTo("app:v2");
            assertThat(entry.workload()).isEqualTo("Rollout/web");
        }));

        // When
        namespace.apply(
                deployment("template-only", "app:v3", 0),
                rollout("workloadRef: {apiVersion: apps/v1, kind: Deployment, name: template-only}"));

        // Then
        namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withLabel("app", "web")
                .withGracePeriod(0)
                .delete();
        namespace.await(
                () -> assertThat(namespace.recorder().migrations("app:v3")).hasSize(1));
    }

    private static String rollout(String spec) {
        return """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {app: web}}
                %s
                """.formatted(spec.indent(2));
    }

    @Test
    @DisplayName("B10: a bare pod is migrated from what it was made from, not from what admission made of it")
    void a_bare_pod_is_its_own_template(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"));

        // When
        namespace.apply(pod("web", "app:v1"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
        assertThat(namespace.status("web").history().getFirst().workload()).isEqualTo("Pod/web");
    }

    @Test
    @DisplayName("B11, B12, B23, spec 33: what serves is left out of the Job, a native sidecar is kept")
    void the_job_keeps_native_sidecars_and_drops_what_serves(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 3"));

        // When
        namespace.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      affinity:
                        podAntiAffinity:
                          requiredDuringSchedulingIgnoredDuringExecution:
                          - {labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}
                      initContainers:
                      - {name: proxy, image: "app:v1", restartPolicy: Always, command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]}
                      containers:
                      - name: main
                        image: "app:v1"
                        command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]
                        ports: [{containerPort: 8080, hostPort: 8080}]
                        lifecycle: {postStart: {exec: {command: [sh, -c, "true"]}}}
                        livenessProbe: {exec: {command: ["true"]}}
                      - {name: helper, image: "app:v1", command: [sh, -c, "trap 'exit 0' TERM; sleep 100000 & wait"]}
                """);

        // Then
        namespace.await(() -> assertThat(namespace.jobs()).hasSize(1));
        var job = namespace.jobs().getFirst().getSpec().getTemplate().getSpec();
        assertThat(job.getContainers()).singleElement().satisfies(container -> {
            assertThat(container.getName()).isEqualTo("migrations");
            assertThat(container.getPorts()).isEmpty();
            assertThat(container.getLifecycle()).isNull();
            assertThat(container.getLivenessProbe()).isNull();
        });
        assertThat(job.getInitContainers())
                .singleElement()
                .satisfies(sidecar -> assertThat(sidecar.getRestartPolicy()).isEqualTo("Always"));
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.running("web").getFirst().getSpec().getInitContainers())
                .extracting(Container::getName, Container::getRestartPolicy)
                .contains(org.assertj.core.groups.Tuple.tuple("proxy", "Always"));
    }

    @Test
    @DisplayName("B18: labels of the Job that match the selector do not make its pod a workload")
    void the_jobs_own_pod_is_never_a_workload(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "sleep 2", "labels: {app: web}\ncontainer: main"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitReady("web", "app:v1");
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.status("web").history()).hasSize(1);
        assertThat(namespace.recorder().waiters())
                .isNotEmpty()
                .allSatisfy(waiter -> assertThat(waiter.ofJob()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web.example.com",
                "a-name-of-sixty-three-characters-is-the-longest-that-a-label-may-be",
                "a.very.long.name.that.has.dots.and.is.longer.than.a.label.value.may.ever.be.in.any.cluster.of.this.world"
            })
    @DisplayName("B19: any legal name of a Migrator makes legal names of containers, Jobs and labels")
    void any_legal_name_works(String name, TestNamespace namespace) {
        // When
        namespace.apply(migrator(name, "web", "sleep 1"), deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady(name, "app:v1");
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    @DisplayName("B6, B7, specs 9 to 12: overrides, and a worker of another image outside templateSelector")
    void overrides_and_a_worker_outside_the_template_selector(TestNamespace namespace) {
        // Given
        namespace.apply(migrator(
                        "all",
                        "web",
                        "sleep 2",
                        "templateSelector: {matchLabels: {app: web}}\nimage: app:v4\nlabels: {team: a}\nannotations: {note: b}")
                .replace("selector: {matchLabels: {app: web}}\n  command", "selector: {}\n  command"));

        // When
        namespace.apply(deployment("worker", "busybox:latest", 1), deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitRunning("worker", "busybox:latest", 1);
        assertThat(namespace.recorder().migrations())
                .singleElement()
                .satisfies(run -> assertThat(run.image()).endsWith("app:v4"));
        assertThat(namespace.status("all").desiredRevision()).isEqualTo("app:v1");
        assertThat(namespace.status("all").lastSuccessfulMigration()).isEqualTo("app:v4");
        assertThat(namespace.recorder().waiters())
                .extracting(Recorder.Start::container)
                .containsOnly("migrate-wait-all");
        assertThat(namespace.recorder().waiters()).hasSize(2);
    }
}
