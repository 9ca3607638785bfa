package net.coderanger.migrations.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The registration in a real API server. It is for namespaces that do not exist: nobody answers. */
class WebhookRegistrationIT {

    private static final Optional<String> ANYBODY = Optional.empty();

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final String name = "registration-" + UUID.randomUUID().toString().substring(0, 8);
    private final WebhookRegistration before = replicaOf("shop-of-" + name);
    private final WebhookRegistration after = replicaOf("shop-of-" + name, "blog-of-" + name);

    @AfterEach
    void takeAway() {
        var webhooks = client.admissionRegistration().v1();
        webhooks.mutatingWebhookConfigurations().withName(name).delete();
        webhooks.validatingWebhookConfigurations().withName(name).delete();
        client.rbac().clusterRoles().withName(name).delete();
        client.close();
    }

    @Test
    void a_replica_from_before_registers_what_the_role_says_now_so_that_the_new_ones_get_ready() {
        // Given
        role("shop-of-" + name);
        before.apply(Set.of(), ANYBODY);
        assertThat(before.stands(ANYBODY)).isTrue();
        assertThat(after.stands(ANYBODY)).isFalse();

        // When
        role("blog-of-" + name + ",shop-of-" + name);
        before.apply(Set.of(), ANYBODY);

        // Then
        assertThat(after.stands(ANYBODY)).isTrue();
        assertThat(before.stands(ANYBODY)).isFalse();
        assertThat(askedAbout()).containsOnly(List.of("blog-of-" + name, "shop-of-" + name));
    }

    @Test
    void a_role_that_names_no_namespaces_leaves_them_to_the_replica() {
        role(null);

        before.apply(Set.of(), ANYBODY);

        assertThat(before.stands(ANYBODY)).isTrue();
        assertThat(askedAbout()).containsOnly(List.of("shop-of-" + name));
    }

    @Test
    void the_role_owns_the_registration_and_nothing_is_written_twice() {
        var role = role("shop-of-" + name);

        before.apply(Set.of("shop-of-" + name), ANYBODY);
        var written = registered();
        before.apply(Set.of("shop-of-" + name), ANYBODY);

        assertThat(registered().getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getUid)
                .containsExactly(role.getMetadata().getUid());
        assertThat(registered().getMetadata().getResourceVersion())
                .isEqualTo(written.getMetadata().getResourceVersion());
    }

    @Test
    void one_of_an_older_version_which_does_not_say_whom_it_asks_about_keeps_nobody_from_getting_ready() {
        role("shop-of-" + name);
        before.apply(Set.of(), ANYBODY);
        var webhooks = client.admissionRegistration().v1();
        webhooks.mutatingWebhookConfigurations().withName(name).edit(WebhookRegistrationIT::withoutAnnotations);
        webhooks.validatingWebhookConfigurations().withName(name).edit(WebhookRegistrationIT::withoutAnnotations);

        assertThat(after.stands(ANYBODY)).isTrue();
        before.apply(Set.of(), ANYBODY);
        assertThat(after.stands(ANYBODY)).isFalse();
    }

    @Test
    void another_certificate_is_not_ours() {
        before.apply(Set.of(), ANYBODY);

        assertThat(before.stands(Optional.of("another"))).isFalse();
    }

    private static <T extends HasMetadata> T withoutAnnotations(T configuration) {
        configuration.getMetadata().setAnnotations(Map.of());
        return configuration;
    }

    private WebhookRegistration replicaOf(String... watched) {
        return new WebhookRegistration(
                client,
                new WebhookTarget(
                        name, name, name, Optional.of(URI.create("https://127.0.0.1:1")), 1, true, Set.of(watched)),
                Optional.of(name));
    }

    private ClusterRole role(@Nullable String watched) {
        return client.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withAnnotations(watched == null ? Map.of() : Map.of(WebhookConfigurations.WATCHED, watched))
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    private MutatingWebhookConfiguration registered() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(name)
                .require();
    }

    private List<List<String>> askedAbout() {
        return registered().getWebhooks().stream()
                .map(webhook -> webhook.getNamespaceSelector().getMatchExpressions().stream()
                        .map(LabelSelectorRequirement::getValues)
                        .flatMap(List::stream)
                        .sorted()
                        .toList())
                .toList();
    }
}
