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

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import net.coderanger.migrations.rbac.AuditLog;
import net.coderanger.migrations.rbac.AuditedRequest;
import net.coderanger.migrations.rbac.Right;
import net.coderanger.migrations.rbac.RightsTrial;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The operator does all that it ever does, from its first start on, and the API server's audit log tells which of its rights that has
 * taken. A right that is missing is refused here; one that is not needed is left over.
 */
@EndToEnd
@Isolated
@Tag("node") // the audit log is a file of the testbed
class RightsUsedE2E {

    private static final String OPERATOR = "migrations-operator";
    private static final String USER = "system:serviceaccount:" + OPERATOR + ":" + OPERATOR;

    /** Each with a test of its own. */
    private static final List<String> NEEDED_OTHERWISE = List.of("update leases");

    /** Of the certificate's Secret, that is: the right to read all Secrets is not there with {@code redaction.readSecrets: false}. */
    private static final List<String> COVERED = List.of("get secrets");

    @Test
    @DisplayName("the operator uses every right that the chart gives it, and lacks none")
    void every_right_is_used_and_none_is_missing(TestNamespace namespace) throws IOException {
        // Given: in a namespace that is on its way out, the operator is refused
        namespace.await(() -> assertThat(namespace
                        .client()
                        .namespaces()
                        .withLabel("migrations-test")
                        .list()
                        .getItems())
                .extracting(any -> any.getMetadata().getName())
                .containsExactly(namespace.name()));
        var log = AuditLog.fromNow();
        var rights = rights(namespace.client());

        // When
        try (var operator = new InstalledOperator()) {
            operator.scale(0);
            nothingIsLeftOf(namespace.client());
            operator.scale(1);
            operator.scale(0);
            theCertificateIsBroken(namespace.client());
        }
        everyKindOfWorkloadIsMigrated(namespace);

        // Then
        namespace.await(() -> {
            var requests = log.requests(USER);
            assertThat(requests).filteredOn(AuditedRequest::refused).isEmpty();
            var unused = new HashSet<>(rights);
            requests.forEach(request -> Right.usedBy(request, rights).ifPresent(unused::remove));
            assertThat(unused)
                    .as("not used, and not known to be needed for another reason")
                    .extracting(right -> right.verb() + " " + right.resource())
                    .containsExactlyElementsOf(NEEDED_OTHERWISE);
        });
        try (var trial = RightsTrial.start(OPERATOR)) {
            assertThat(trial.superfluous(rights, log.requests(USER)))
                    .as("without it, too, the API server would have allowed all that was asked for")
                    .extracting(right -> right.verb() + " " + right.resource())
                    .containsExactlyInAnyOrderElementsOf(Stream.of(NEEDED_OTHERWISE, COVERED)
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Test
    @DisplayName("JOSDK asks for the right to update leases and does not start without it, though it patches them")
    void it_ends_at_once_without_the_right_to_update_its_lease(TestNamespace namespace) {
        var admin = namespace.client();
        try (var operator = new InstalledOperator()) {
            // Given
            operator.scale(0);
            var before = operator.mayNot("update", "leases");

            // When
            admin.apps().deployments().inNamespace(OPERATOR).withName(OPERATOR).scale(1);

            // Then
            try {
                namespace.await(
                        () -> assertThat(operator.failedWith()).isNotEmpty().doesNotContain(0));
            } finally {
                admin.resource(before).update();
            }
        }
    }

    private static List<Right> rights(KubernetesClient admin) {
        var everywhere = admin.rbac().clusterRoles().withName(OPERATOR).get();
        var here = admin.rbac().roles().inNamespace(OPERATOR).withName(OPERATOR).get();
        return Stream.concat(Right.of("", everywhere.getRules()), Right.of(OPERATOR, here.getRules()))
                .toList();
    }

    private static void nothingIsLeftOf(KubernetesClient admin) {
        admin.leases().inNamespace(OPERATOR).withName(OPERATOR).delete();
        admin.secrets()
                .inNamespace(OPERATOR)
                .withName(OPERATOR + "-certificate")
                .delete();
        var webhooks = admin.admissionRegistration().v1();
        webhooks.mutatingWebhookConfigurations().withName(OPERATOR).delete();
        webhooks.validatingWebhookConfigurations().withName(OPERATOR).delete();
    }

    /** Both configurations are then written anew, too: the new authority has to stand in them. */
    private static void theCertificateIsBroken(KubernetesClient admin) {
        admin.secrets()
                .inNamespace(OPERATOR)
                .withName(OPERATOR + "-certificate")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\": null}");
    }

    private static void everyKindOfWorkloadIsMigrated(TestNamespace namespace) {
        // a failure with a Secret in its output, a Job that cannot make its pod, and one that is stopped
        namespace.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: db}
                stringData: {password: s3cret-enough}
                """,
                migrator("failing", "failing", "echo $PASSWORD; exit 1", """
                        job:
                          backoffLimit: 0
                          env:
                          - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
                        """),
                deployment("failing", "app:v1", 1),
                migrator("stuck", "stuck", "true", "job: {serviceAccountName: missing}"),
                deployment("stuck", "app:v1", 1),
                migrator("long", "long", "sleep 100000 & wait"),
                deployment("long", "app:v1", 1));
        Stream.of("set", "daemon", "controller", "report", "bare", "rollout")
                .forEach(app -> namespace.apply(migrator(app, app, "true")));
        namespace.apply(
                controller("StatefulSet", "set", "app:v1"),
                controller("DaemonSet", "daemon", "app:v1"),
                """
                apiVersion: v1
                kind: ReplicationController
                metadata: {name: controller}
                spec:
                  selector: {app: controller}
                %s
                """.formatted(template("controller", "app:v1").indent(2)),
                pod("bare", "app:v1"),
                cronJob("report", "app:v1"),
                """
                apiVersion: v1
                kind: PodTemplate
                metadata: {name: rollout}
                %s
                """.formatted(template("rollout", "app:v1")),
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: rollout}
                spec:
                  selector: {matchLabels: {app: rollout}}
                  workloadRef: {apiVersion: v1, kind: PodTemplate, name: rollout}
                """);
        namespace.apply(
                jobOf(namespace.generic("batch/v1", "CronJob", "report").orElseThrow(), "app:v1"),
                replicaSetOf(
                        namespace
                                .generic("argoproj.io/v1alpha1", "Rollout", "rollout")
                                .orElseThrow(),
                        "app:v1"));

        Stream.of("set", "daemon", "controller", "bare").forEach(app -> namespace.awaitRunning(app, "app:v1", 1));
        namespace.awaitStalled("failing");
        Stream.of("report", "rollout")
                .forEach(app -> namespace.await(
                        () -> assertThat(namespace.status(app).history()).isNotEmpty()));
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .anySatisfy(run -> assertThat(run.pod()).startsWith("long-")));
        namespace.annotate("long", "cancel", "1");
        namespace.await(() -> assertThat(namespace.status("long").history()).isNotEmpty());
    }
}
