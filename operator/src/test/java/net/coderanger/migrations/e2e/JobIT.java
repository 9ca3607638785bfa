package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.gatedByHand;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Jobs that a Migrator's fields make, as a real API server has them and a real kubelet runs them. */
@EndToEnd
class JobIT {

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    private static final String WITH_A_HELPER = gatedByHand("web", "app:v1", 1)
            .replace(
                    "      containers:\n",
                    "      containers:\n      - {name: helper, image: \"app:v1\", command: [sleep, '3']}\n");

    private static final String OVERRIDES = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: migrations}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: database}
            stringData: {PGUSER: owner}
            ---
            apiVersion: migrations.coderanger.net/v1beta1
            kind: Migrator
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              container: main
              image: app:v2
              command: [sh, -c]
              args: ['set -ex; test "$A$PGUSER" = bowner; test "$(id -u)" = 65532; id -G | grep -w 65531; touch /scratch/a; if touch /a; then exit 1; fi; sleep 3']
              labels: {team: shop}
              annotations: {example.com/note: a}
              job:
                serviceAccountName: migrations
                env: [{name: A, value: b}]
                envFrom: [{secretRef: {name: database}}]
                volumes: [{name: scratch, emptyDir: {}}]
                volumeMounts: [{name: scratch, mountPath: /scratch}]
                resources: {requests: {cpu: 11m}, limits: {cpu: 900m}}
                securityContext: {runAsUser: 65532, readOnlyRootFilesystem: true}
                podSecurityContext: {fsGroup: 65531}
                nodeSelector: {kubernetes.io/os: linux}
                tolerations: [{key: spot, operator: Exists}]
                imagePullSecrets: [{name: registry}]
                backoffLimit: 0
                activeDeadlineSeconds: 85
                keepContainers: [helper]
            """;

    @Test
    void each_field_of_job_and_of_the_migration_is_in_the_job_and_has_its_effect(TestNamespace namespace) {
        // Given
        namespace.apply(OVERRIDES, WITH_A_HELPER);

        // When
        OPERATORS.during(namespace, () -> {
            namespace.await(() -> assertThat(namespace.jobs()).hasSize(1));
            var job = namespace.jobs().getFirst();

            // Then
            assertPodIsAsAsked(job);
            assertThat(job.getSpec().getBackoffLimit()).isZero();
            assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(85);
            assertThat(container(job).getResources().getRequests()).containsEntry("cpu", new Quantity("11m"));
            assertThat(container(job).getResources().getLimits()).containsEntry("cpu", new Quantity("900m"));
            namespace.awaitReady("web", "app:v1");
        });
        assertThat(namespace.recorder().migrations())
                .as("environment, user, group, volume and read-only root, looked at by the container itself")
                .singleElement()
                .satisfies(run -> {
                    assertThat(run.image()).isEqualTo("app:v2");
                    assertThat(run.exitCode()).isZero();
                });
    }

    private static void assertPodIsAsAsked(Job job) {
        var metadata = job.getSpec().getTemplate().getMetadata();
        assertThat(metadata.getLabels()).containsEntry("team", "shop").containsEntry(Labels.MIGRATOR, "web");
        assertThat(metadata.getAnnotations()).containsEntry("example.com/note", "a");
        var pod = job.getSpec().getTemplate().getSpec();
        assertThat(pod.getServiceAccountName()).isEqualTo("migrations");
        assertThat(pod.getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
        assertThat(pod.getTolerations()).extracting(Toleration::getKey).containsExactly("spot");
        assertThat(pod.getImagePullSecrets())
                .extracting(LocalObjectReference::getName)
                .containsExactly("registry");
        assertThat(pod.getContainers())
                .extracting(Container::getName)
                .containsExactlyInAnyOrder("migrations", "helper");
    }

    @Test
    void each_field_of_a_step_is_in_its_job(TestNamespace namespace) {
        // Given
        namespace.apply(gatedByHand("web", "app:v1", 1), Manifests.migrator("web", "web", "exit 1", """
                retention: Always
                job: {backoffLimit: 0, env: [{name: A, value: of-all}, {name: B, value: of-all}]}
                before: [%1$s, approval: Never}]
                after: [%2$s}]
                onFailure: %3$s}
                """.formatted(
                        step("before"), step("after"), step("failure"))));

        OPERATORS.during(namespace, () -> {
            // When, Then
            namespace.awaitStalled("web");
            assertRan(namespace, "before");
            assertRan(namespace, "failure");

            // When
            namespace.apply(Manifests.migrator("web", "web", "sleep 1", """
                    retention: Always
                    job: {backoffLimit: 0, env: [{name: A, value: of-all}, {name: B, value: of-all}]}
                    after: [%s}]
                    onRollback: Down
                    down: %s}
                    """.formatted(step("after"), step("down"))));
            namespace.awaitReady("web", "app:v1");

            // Then
            assertRan(namespace, "after");

            // When
            namespace.apply(gatedByHand("web", "app:v2", 1));
            namespace.awaitReady("web", "app:v2");
            namespace.apply(gatedByHand("web", "app:v1", 1));
            namespace.awaitReady("web", "app:v1");

            // Then
            assertRan(namespace, "down");
        });
        assertThat(namespace.status("web").history())
                .extracting(HistoryEntry::rolledBackFrom)
                .startsWith("app:v2")
                .hasSize(4);
    }

    /** Fails unless its own environment and arguments are there. The image is a version of its own, so that it is told apart. */
    private static String step(String name) {
        return "{name: NAME, image: app:v3, command: [sh, -c, 'test \"$A$B$0\" = NAMEof-allNAME'], args: [NAME],"
                        .replace(name.equals("before") || name.equals("after") ? "" : "name: NAME, ", "")
                        .replace("NAME", name)
                + " env: [{name: A, value: " + name + "}]";
    }

    private static void assertRan(TestNamespace namespace, String step) {
        assertThat(namespace.jobs()).anySatisfy(job -> {
            assertThat(container(job).getImage()).isEqualTo("app:v3");
            assertThat(container(job).getArgs()).containsExactly(step);
            assertThat(container(job).getEnv()).contains(new EnvVar("A", step, null), new EnvVar("B", "of-all", null));
            assertThat(job.getStatus().getSucceeded()).isEqualTo(1);
        });
    }

    private static Container container(Job job) {
        return job.getSpec().getTemplate().getSpec().getContainers().stream()
                .filter(container -> container.getName().equals("migrations"))
                .findFirst()
                .orElseThrow();
    }
}
