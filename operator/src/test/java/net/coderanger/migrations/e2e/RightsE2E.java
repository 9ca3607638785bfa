package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who may ask for a migration, and who may stop the operator from looking at one. */
@EndToEnd
class RightsE2E {

    private static final String ALICE = "alice";

    @Test
    @DisplayName("B27: whoever may create Migrators but not Jobs cannot run anything by a Migrator")
    void creating_a_migrator_takes_the_right_to_create_jobs(TestNamespace namespace) {
        // Given
        namespace.apply(role("migrators", "migrations.coderanger.net", "migrators"), binding("migrators"));
        try (var alice = alice()) {
            // When, Then
            namespace.await(() -> assertThatThrownBy(() -> apply(alice, namespace, migrator("web", "web", "sleep 1")))
                    .hasMessageContaining("jobs")
                    .hasMessageContaining(ALICE)
                    .hasMessageNotContaining("cannot patch resource \"migrators\""));

            // When
            namespace.apply(role("jobs", "batch", "jobs"), binding("jobs"));

            // Then
            namespace.await(() -> assertThatCode(() -> apply(alice, namespace, migrator("web", "web", "sleep 1")))
                    .doesNotThrowAnyException());
        }
    }

    @Test
    @DisplayName("view sees Migrators, edit changes them, and only the approver's role approves")
    void the_roles_that_everybody_knows_hold_for_migrators_too(TestNamespace namespace) {
        try (var alice = alice()) {
            namespace.apply(bindingTo("ClusterRole", "view"));
            namespace.await(() -> assertThat(may(alice, namespace, "list")).isTrue());
            assertThat(may(alice, namespace, "patch")).isFalse();

            namespace.apply(bindingTo("ClusterRole", "edit"));
            namespace.await(() -> assertThat(may(alice, namespace, "patch")).isTrue());
            assertThat(may(alice, namespace, "create")).isTrue();
            assertThat(may(alice, namespace, "approve")).isFalse();

            namespace.apply(bindingTo("ClusterRole", "migrations-operator-approver"));
            namespace.await(() -> assertThat(may(alice, namespace, "approve")).isTrue());
        }
    }

    private static boolean may(KubernetesClient user, TestNamespace namespace, String verb) {
        var review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(Migrator.GROUP)
                .withResource("migrators")
                .withNamespace(namespace.name())
                .endResourceAttributes()
                .endSpec()
                .build();
        return user.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }

    @Test
    @DisplayName("the original's controller-utils/skip-reconcile leaves a Migrator alone")
    void skip_reconcile_leaves_a_migrator_alone(TestNamespace namespace) {
        // Given
        var paused = migrator("web", "web", "sleep 1")
                .replace("{name: web}", "{name: web, annotations: {controller-utils/skip-reconcile: 'true'}}");
        namespace.apply(paused, deployment("web", "app:v1", 1));

        // Then
        namespace.stays(
                Duration.ofSeconds(5), () -> assertThat(namespace.jobs()).isEmpty());
        assertThat(namespace.migrator("web").getStatus()).isNull();
        assertThat(namespace.recorder().applications()).isEmpty();

        // When
        namespace.apply(migrator("web", "web", "sleep 1"));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.events("MigrationsStarted"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage())
                        .isEqualTo("Started migration job " + namespace.name() + "/"
                                + namespace.status("web").history().getFirst().job() + " using image app:v1"));
    }

    private static KubernetesClient alice() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withImpersonateUsername(ALICE)
                        .withImpersonateGroups("system:authenticated")
                        .withImpersonateExtras(Map.of())
                        .build())
                .build();
    }

    private static void apply(KubernetesClient client, TestNamespace namespace, String manifest) {
        client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace.name())
                .serverSideApply();
    }

    private static String role(String name, String group, String resource) {
        return """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: %s}
                rules: [{apiGroups: [%s], resources: [%s], verbs: [get, create, update, patch]}]
                """.formatted(name, group, resource);
    }

    private static String binding(String role) {
        return bindingTo("Role", role);
    }

    private static String bindingTo(String kind, String role) {
        return """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %3$s, name: %1$s}
                subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: %2$s}]
                """.formatted(role, ALICE, kind);
    }
}
