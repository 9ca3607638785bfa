package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Objects;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.Test;

/** The page about approvals, tried with real users. */
@EndToEnd
class ApprovalE2E {

    private static final Page PAGE = Page.named("approvals");
    private static final Duration A_WHILE = Duration.ofSeconds(4);

    private static final String EDITOR = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: editors}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: migrators}
            rules: [{apiGroups: [migrations.coderanger.net], resources: [migrators], verbs: [get, patch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: migrators}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: migrators}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}]
            """;

    @Test
    void a_plan_that_asks_waits_for_somebody_with_the_right(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(PAGE.yaml("OnExitCode"), PAGE.yaml("RoleBinding"));
        shop.release(Shop.V1);

        // When
        shop.deploy(Shop.V2);

        // Then
        awaitPending(namespace);
        assertThat(namespace.condition("shop", "Ready").message()).contains("after step plan", "1 pod waits");
        namespace.stays(
                A_WHILE,
                () -> assertThat(namespace.recorder().applications(Shop.V2)).isEmpty());
        assertThat(shop.columns("products")).doesNotContain("currency");
        var pending = Objects.requireNonNull(namespace.status("shop").pendingApproval());
        assertThat(pending.step()).isEqualTo("plan");
        assertThat(pending.output()).contains("alter table products add column currency");

        // When
        try (var dana = user("dana", "dba")) {
            namespace.annotate(dana, "shop", "approve", pending.value());
            namespace.awaitRunning("shop", Shop.V2, 1);
            namespace.awaitReady("shop", Shop.V2);

            // Then
            assertThat(namespace.status("shop").history().getFirst().approvedBy())
                    .isEqualTo("dana");
            assertThat(shop.columns("products")).contains("currency");
            assertThatThrownBy(() -> namespace.annotate(dana, "shop", "retry", "1"))
                    .hasMessageContaining("jobs");
        }
        assertThat(namespace.status("shop").history().getLast().approvedBy())
                .as("the plan of v1 asked nobody")
                .isNull();
    }

    @Test
    void whoever_has_no_right_approves_nothing(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(PAGE.yaml("OnExitCode"), EDITOR);
        shop.release(Shop.V1);
        shop.deploy(Shop.V2);
        awaitPending(namespace);
        var value = Objects.requireNonNull(namespace.status("shop").pendingApproval())
                .value();

        // When, Then
        try (var erin = user("erin", "developers")) {
            namespace.await(() -> namespace.annotate(erin, "shop", "suspend-run", "1"));
            assertThatThrownBy(() -> namespace.annotate(erin, "shop", "approve", value))
                    .hasMessageContaining("approve");
        }
        namespace.stays(A_WHILE, () -> assertThat(shop.columns("products")).doesNotContain("currency"));
    }

    @Test
    void a_rejected_plan_ends_the_run(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(PAGE.yaml("OnExitCode"), PAGE.yaml("RoleBinding"));
        shop.release(Shop.V1);
        shop.deploy(Shop.V2);
        awaitPending(namespace);

        // When
        try (var dana = user("dana", "dba")) {
            var value = Objects.requireNonNull(namespace.status("shop").pendingApproval())
                    .value();
            namespace.annotate(dana, "shop", "reject", value + " not on a Friday");
        }

        // Then
        namespace.awaitStalled("shop");
        assertThat(namespace.condition("shop", "Stalled").message()).contains("rejected by dana", "not on a Friday");
        assertThat(namespace.status("shop").history().getFirst().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(namespace.recorder().applications(Shop.V2)).isEmpty();
        assertThat(shop.columns("products")).doesNotContain("currency");
    }

    @Test
    void a_merged_change_approves_the_next_revision(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        var manifest = PAGE.yaml("approvedRevision: " + Shop.V1);
        namespace.apply(manifest);
        shop.release(Shop.V1);

        // When
        shop.deploy(Shop.V2);

        // Then
        awaitPending(namespace);
        namespace.stays(
                A_WHILE,
                () -> assertThat(namespace.recorder().migrations(Shop.V2)).isEmpty());

        // When
        namespace.apply(manifest.replace("approvedRevision: " + Shop.V1, "approvedRevision: " + Shop.V2));

        // Then
        namespace.awaitRunning("shop", Shop.V2, 1);
        namespace.awaitReady("shop", Shop.V2);
        assertThat(namespace.status("shop").history().getFirst().approvedBy()).isEqualTo("spec.approvedRevision");
    }

    @Test
    void pods_wait_for_the_approval_of_the_last_step(TestNamespace namespace) {
        // Given
        namespace.apply(
                Manifests.migrator(
                        "web", "web", "sleep 1", "after: [{name: verify, command: [sleep, '1'], approval: Always}]"),
                Manifests.deployment("web", "app:v1", 1));

        // When
        awaitPending("web", namespace);

        // Then
        var pending = Objects.requireNonNull(namespace.status("web").pendingApproval());
        assertThat(pending.step()).isEqualTo("verify");
        assertThat(namespace.recorder().migrations()).hasSize(2);
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().applications()).isEmpty());

        // When
        namespace.annotate("web", "approve", pending.value());

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        assertThat(namespace.recorder().migrations()).hasSize(2);
    }

    private static void awaitPending(TestNamespace namespace) {
        awaitPending("shop", namespace);
    }

    private static void awaitPending(String migrator, TestNamespace namespace) {
        namespace.await(() -> assertThat(namespace.status(migrator).phase()).isEqualTo(Phase.AwaitingApproval));
    }

    private static KubernetesClient user(String name, String group) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withImpersonateUsername(name)
                        .withImpersonateGroups(group, "system:authenticated")
                        .build())
                .build();
    }
}
