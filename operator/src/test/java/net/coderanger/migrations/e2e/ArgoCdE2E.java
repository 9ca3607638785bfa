package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.e2e.ArgoCdApplication.Seen;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Delivery by a real Argo CD, from Git, seen through Argo CD's own API. */
@EndToEnd
@Tag("argocd")
class ArgoCdE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(5);
    private static final long TWO_SECONDS = 2_000_000_000L;

    private static final String SHOP = """
            apiVersion: migrations.coderanger.net/v1beta1
            kind: Migrator
            metadata: {name: shop}
            spec:
              selector: {matchLabels: {app: shop}}
              command: [/app/migrate]
              job: {backoffLimit: 0}
            """;

    /** With something in a later wave, a sync waits until what is in this one is healthy. */
    static final String LATER_WAVE = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: later, annotations: {argocd.argoproj.io/sync-wave: "1"}}
            """;

    @Test
    void an_application_goes_from_version_to_version_and_says_so(TestNamespace namespace) throws IOException {
        // Given
        var shop = Shop.in(namespace);
        try (var application = ArgoCdApplication.automated(namespace, SHOP, shop(Shop.V1))) {
            application.await(application.head(), "Healthy");
            namespace.awaitOneMigrationBefore(Shop.V1);

            // When
            var v2 = application.mark();
            application.commit("v2", SHOP, shop(Shop.V2));
            application.await(application.head(), "Healthy");

            // Then
            assertThat(health(application, v2)).containsExactly("Progressing", "Healthy");
            assertThat(application.since(v2, Seen::migrator)).containsSubsequence("Progressing", "Healthy");
            assertThat(application.since(v2, Seen::message)).anyMatch(message -> message.contains(Shop.V2));
            namespace.awaitOneMigrationBefore(Shop.V2);
            assertThat(shop.columns("products")).contains("currency");

            // When
            var v3 = application.mark();
            application.commit("v3", SHOP, shop(Shop.V3));
            application.await(application.head(), "Degraded");

            // Then
            assertThat(health(application, v3)).containsExactly("Progressing", "Degraded");
            namespace.await(() -> {
                assertThat(application.now().migrator()).isEqualTo("Degraded");
                assertThat(application.now().message()).contains(Shop.V3, "ERROR");
            });
            assertThat(namespace.running("shop")).hasSize(1);
            assertThat(namespace.recorder().applications(Shop.V3)).isEmpty();

            // When
            var back = application.mark();
            application.commit("back to v2", SHOP, shop(Shop.V2));
            application.await(application.head(), "Healthy");

            // Then
            assertThat(health(application, back)).endsWith("Healthy").isSubsetOf("Degraded", "Progressing", "Healthy");
            assertThat(namespace.recorder().migrations(Shop.V2)).hasSize(1);
            assertThat(namespace.status("shop").history())
                    .extracting(HistoryEntry::outcome)
                    .containsExactly(Outcome.Failed, Outcome.Succeeded, Outcome.Succeeded);
            Files.writeString(Path.of("target", "argo-cd-sequence.svg"), application.picture());
        }
    }

    @Test
    void whoever_has_the_right_in_argo_cd_approves_and_retries_and_nobody_else(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "exit 3", "approval: Required\njob: {backoffLimit: 0}");
        try (var rights = new ArgoCdRights(namespace);
                var application = ArgoCdApplication.automated(namespace, manifest, deployment("web", "app:v1", 1));
                var dba = application.argo().as("dba");
                var developer = application.argo().as("developer")) {
            rights.serverMayApprove();
            rights.grant("dba", "role:migrations-approver");
            namespace.await(() -> assertThat(application.now().migrator()).isEqualTo("Suspended"));
            assertThat(application.now().message()).contains("app:v1");

            // When, Then
            assertThat(run(developer, "approve", namespace)).isEqualTo(403);
            assertThat(run(dba, "retry", namespace)).isEqualTo(403);
            assertThat(dba.post(application.path("/sync"), Map.of()).status()).isEqualTo(403);
            namespace.stays(
                    A_WHILE, () -> assertThat(namespace.recorder().migrations()).isEmpty());

            // When
            namespace.await(() -> assertThat(run(dba, "approve", namespace)).isEqualTo(200));

            // Then
            application.await(application.head(), "Degraded");
            assertThat(namespace.status("web").history().getFirst().approvedBy())
                    .as("Argo CD acts under its own name")
                    .isEqualTo("system:serviceaccount:argocd:argocd-server");
            assertThat(application.events("ResourceActionRan"))
                    .as("and knows for whom")
                    .anySatisfy(message -> assertThat(message).contains("dba", "approve"));
            assertThat(namespace.recorder().migrations()).hasSize(1);

            // When
            rights.grant("developer", "role:migrations-maintainer");
            namespace.await(() -> assertThat(run(developer, "retry", namespace)).isEqualTo(200));

            // Then
            assertThat(run(dba, "retry", namespace)).isEqualTo(403);
            namespace.await(() -> assertThat(application.now().migrator()).isEqualTo("Suspended"));
            namespace.await(() -> assertThat(run(dba, "approve", namespace)).isEqualTo(200));
            namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(2));
        }
    }

    @Test
    void a_change_of_step_and_a_failure_are_seen_within_two_seconds(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "sleep 4", """
                job: {backoffLimit: 0}
                before:
                - {name: plan, command: [sh, -c, 'sleep 4']}
                - {name: backup, command: [sh, -c, 'sleep 4']}
                after:
                - {name: verify, command: [sh, -c, 'echo the shop is verified; sleep 4; exit 3']}
                """);
        try (var steps = new ArgoCdSteps(namespace, "web");
                var application = ArgoCdApplication.automated(namespace, manifest, deployment("web", "app:v1", 1))) {

            // When
            application.await(application.head(), "Degraded");

            // Then
            assertThat(steps.begun().keySet()).containsExactly("plan", "backup", "migration", "verify");
            steps.begun().forEach((step, began) -> {
                var nanos = application.whenMessage(" " + step + " ") - began;
                System.out.printf("step %s: in Argo CD's tree %.0f ms after its status%n", step, nanos / 1e6);
                assertThat(nanos)
                        .as("nanoseconds until step %s was seen\n%s", step, application)
                        .isLessThan(TWO_SECONDS);
            });
            System.out.printf(
                    "failure: Application Degraded %.0f ms after the Migrator's status%n",
                    (application.whenHealth("Degraded") - steps.stalled()) / 1e6);
            assertThat(application.whenHealth("Degraded") - steps.stalled())
                    .as("nanoseconds until the Application was Degraded\n%s", application)
                    .isLessThan(TWO_SECONDS);

            // Then its Job hangs under the Migrator, and the pod with its output under that
            assertThat(application.below("Migrator"))
                    .extracting(node -> node.path("kind").asText())
                    .containsOnly("Job");
            var pods = application.below("Job");
            assertThat(pods).extracting(node -> node.path("kind").asText()).containsOnly("Pod");
            assertThat(pods).anySatisfy(pod -> assertThat(application.log(pod)).contains("the shop is verified"));
        }
    }

    @Test
    void a_long_migration_is_warned_of_before_its_deployment_is_called_failed(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "sleep 25");
        var impatient =
                deployment("web", "app:v1", 1).replaceFirst("spec:\n", "spec:\n  progressDeadlineSeconds: 15\n");

        // When
        try (var application = ArgoCdApplication.automated(namespace, manifest)) {
            application.await(application.head(), "Healthy");
            application.commit("v1", manifest, impatient);

            // Then
            namespace.await(() -> assertThat(namespace.events("ProgressDeadlineNear"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getMessage()).contains("Deployment/web", "(15)")));
            application.await(application.head(), "Degraded");
            application.await(application.head(), "Healthy");
            namespace.awaitOneMigrationBefore("app:v1");
        }
    }

    @Test
    @DisplayName("argo-cd issue 25475: a sync that follows one which still rolls out runs no hook")
    void a_second_sync_during_a_rollout_skips_a_hook(TestNamespace namespace) {
        // Given
        try (var application =
                ArgoCdApplication.monorepo(namespace, hook("app:v1"), deployment("web", "app:v1", 1), LATER_WAVE)) {
            application.await(application.head(), "Healthy");

            // When
            secondSyncDuringARollout(namespace, application, ArgoCdE2E::hook);

            // Then
            namespace.awaitRunning("web", "app:v3", 1);
            assertThat(started(namespace, "app:v2")).containsExactly("migrate", "main");
            assertThat(started(namespace, "app:v3")).as("no migration").containsExactly("main");
        }
    }

    @Test
    @DisplayName("argo-cd issue 25475: the same sync goes past no Migrator")
    void a_second_sync_during_a_rollout_does_not_skip_a_migrator(TestNamespace namespace) {
        // Given
        var manifest = migrator("web", "web", "sleep 1");
        try (var application =
                ArgoCdApplication.monorepo(namespace, manifest, deployment("web", "app:v1", 1), LATER_WAVE)) {
            application.await(application.head(), "Healthy");

            // When
            secondSyncDuringARollout(namespace, application, image -> manifest);

            // Then
            namespace.awaitRunning("web", "app:v3", 1);
            namespace.awaitOneMigrationBefore("app:v2");
            namespace.awaitOneMigrationBefore("app:v3");
        }
    }

    /** The application, whose first pods may be there before their Migrator is: Argo CD applies kinds that it does not know last. */
    private static String shop(String image) {
        return Shop.deployment(image)
                .replace(
                        "metadata: {labels: {app: shop}}",
                        "metadata: {labels: {app: shop}, annotations: {migrations.coderanger.net/wait-for: shop}}");
    }

    /** Delivers v2, whose pods take a while to become ready, and meanwhile v3. */
    private static void secondSyncDuringARollout(
            TestNamespace namespace, ArgoCdApplication application, UnaryOperator<String> migration) {
        application.commit("v2", migration.apply("app:v2"), slow("app:v2"), LATER_WAVE);
        namespace.await(() -> assertThat(started(namespace, "app:v2")).contains("main"));
        application.commit("v3", migration.apply("app:v3"), deployment("web", "app:v3", 1), LATER_WAVE);
        namespace.await(() -> assertThat(application.now().revision()).isEqualTo(application.head()));
        assertThat(application.now().operation()).as("v2 is still rolling out").isEqualTo("Running");
        application.await(application.head(), "Healthy");
        assertThat(application.selected())
                .as("what the second sync was limited to")
                .contains("Deployment/web");
    }

    private static String slow(String image) {
        return deployment("web", image, 1)
                .replace(
                        "- name: main",
                        "- name: main\n        readinessProbe: {exec: {command: ['true']}, initialDelaySeconds: 12}");
    }

    private static String hook(String image) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata:
                  name: migrate
                  annotations: {argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: BeforeHookCreation}
                spec:
                  backoffLimit: 0
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: migrate, image: %s, command: [sh, -c, 'sleep 1']}]
                """.formatted(image);
    }

    /** Names of the containers of an image that were started, but for the gate's, in their order. */
    private static List<String> started(TestNamespace namespace, String image) {
        return namespace.recorder().applications(image).stream()
                .map(Recorder.Start::container)
                .toList();
    }

    /** The Application's health since a mark, without that from before, which it keeps for a moment. */
    private static List<String> health(ArgoCdApplication application, int mark) {
        var health = application.since(mark, Seen::health);
        return health.size() > 1 && health.getFirst().equals("Healthy") ? health.subList(1, health.size()) : health;
    }

    private static int run(ArgoCd user, String action, TestNamespace namespace) {
        return user.run(action, namespace.name(), namespace.name(), "web").status();
    }
}
