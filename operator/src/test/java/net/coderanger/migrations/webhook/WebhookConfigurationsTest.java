package net.coderanger.migrations.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebhookConfigurationsTest {

    private static final WebhookTarget TARGET =
            new WebhookTarget("migrations-operator", "ops", "operator", Optional.empty(), 5, true, Set.of());

    /** Else both would write them for ever: https://learn.microsoft.com/azure/aks/faq, "Admissions Enforcer". */
    @Test
    void aks_is_told_to_leave_the_selectors_as_they_are() {
        assertThat(new WebhookConfigurations(TARGET)
                        .mutating(Set.of(), "Q0E=")
                        .getMetadata()
                        .getLabels())
                .containsEntry("admissions.enforcer/disabled", "true");
    }

    @Test
    void namespaces_with_migrators_are_closed_and_all_others_open() {
        var webhooks = webhooks(TARGET, Set.of("shop", "blog"));

        assertThat(webhooks)
                .extracting(MutatingWebhook::getName)
                .containsExactly(
                        "gate.migrations.coderanger.net",
                        "declared.migrations.coderanger.net",
                        "first.migrations.coderanger.net",
                        "stamps.migrations.coderanger.net");
        assertThat(webhooks)
                .extracting(MutatingWebhook::getFailurePolicy)
                .containsExactly("Fail", "Fail", "Ignore", "Fail");
        assertThat(webhooks).extracting(MutatingWebhook::getTimeoutSeconds).containsExactly(5, 5, 1, 5);
        assertThat(webhooks)
                .extracting(webhook -> Serialization.asJson(webhook.getNamespaceSelector()))
                .containsExactly(
                        "{\"matchExpressions\":[{\"key\":\"kubernetes.io/metadata.name\",\"operator\":\"In\",\"values\":[\"blog\",\"shop\"]}]}",
                        "{\"matchExpressions\":[{\"key\":\"kubernetes.io/metadata.name\",\"operator\":\"NotIn\",\"values\":[\"blog\",\"shop\"]}]}",
                        "{\"matchExpressions\":[{\"key\":\"kubernetes.io/metadata.name\",\"operator\":\"NotIn\",\"values\":[\"blog\",\"shop\"]}]}",
                        "{}");
    }

    @Test
    void without_migrators_no_namespace_is_closed() {
        var webhooks = webhooks(TARGET, Set.of());

        assertThat(webhooks)
                .extracting(MutatingWebhook::getName)
                .containsExactly(
                        "declared.migrations.coderanger.net",
                        "first.migrations.coderanger.net",
                        "stamps.migrations.coderanger.net");
        assertThat(webhooks)
                .extracting(webhook -> Serialization.asJson(webhook.getNamespaceSelector()))
                .containsOnly("{}");
    }

    @Test
    void other_namespaces_can_be_left_out() {
        var target = new WebhookTarget("name", "ops", "operator", Optional.empty(), 5, false, Set.of());

        assertThat(webhooks(target, Set.of("shop")))
                .extracting(MutatingWebhook::getName)
                .containsExactly(
                        "gate.migrations.coderanger.net",
                        "declared.migrations.coderanger.net",
                        "stamps.migrations.coderanger.net");
    }

    @Test
    void only_watched_namespaces_are_asked_about() {
        var target =
                new WebhookTarget("name", "ops", "operator", Optional.empty(), 5, true, Set.of("shop", "blog", "wiki"));

        assertThat(webhooks(target, Set.of("shop", "watched-before")))
                .extracting(MutatingWebhook::getName, webhook -> selected(webhook.getNamespaceSelector()))
                .containsExactly(
                        tuple("gate.migrations.coderanger.net", "In [shop]"),
                        tuple("declared.migrations.coderanger.net", "In [blog, wiki]"),
                        tuple("first.migrations.coderanger.net", "In [blog, wiki]"),
                        tuple("stamps.migrations.coderanger.net", "In [blog, shop, wiki]"));
        assertThat(new WebhookConfigurations(target).validating("").getWebhooks())
                .extracting(webhook -> selected(webhook.getNamespaceSelector()))
                .containsExactly("In [blog, shop, wiki]");
    }

    @Test
    void when_all_watched_namespaces_have_migrators_there_are_no_others() {
        var target = new WebhookTarget("name", "ops", "operator", Optional.empty(), 5, true, Set.of("shop", "blog"));

        assertThat(webhooks(target, Set.of("shop", "blog")))
                .extracting(MutatingWebhook::getName)
                .containsExactly("gate.migrations.coderanger.net", "stamps.migrations.coderanger.net");
    }

    private static String selected(LabelSelector namespaces) {
        assertThat(namespaces.getMatchExpressions())
                .singleElement()
                .extracting(LabelSelectorRequirement::getKey)
                .isEqualTo("kubernetes.io/metadata.name");
        var requirement = namespaces.getMatchExpressions().getFirst();
        return requirement.getOperator() + " " + requirement.getValues();
    }

    @Test
    void every_entry_for_pods_asks_for_new_ones_only_and_never_for_the_operators_own() {
        assertThat(webhooks(TARGET, Set.of("shop")).subList(0, 3)).allSatisfy(webhook -> {
            assertThat(Serialization.asJson(webhook.getRules()))
                    .isEqualTo(
                            "[{\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\"],\"resources\":[\"pods\"],\"scope\":\"Namespaced\"}]");
            assertThat(Serialization.asJson(webhook.getObjectSelector()))
                    .isEqualTo(
                            "{\"matchExpressions\":[{\"key\":\"app.kubernetes.io/name\",\"operator\":\"NotIn\",\"values\":[\"migrations-operator\"]}]}");
            assertThat(webhook.getSideEffects()).isEqualTo("None");
            assertThat(webhook.getReinvocationPolicy()).isEqualTo("IfNeeded");
            assertThat(webhook.getMatchConditions().getFirst().getExpression())
                    .startsWith("!(")
                    .contains("migrations.coderanger.net/no-wait");
            assertThat(Serialization.asJson(webhook.getClientConfig()))
                    .isEqualTo(
                            "{\"caBundle\":\"Q0E=\",\"service\":{\"name\":\"operator\",\"namespace\":\"ops\",\"path\":\"/mutate-pods\",\"port\":443}}");
        });
    }

    @Test
    void the_second_and_third_entry_exclude_each_other() {
        var webhooks = webhooks(TARGET, Set.of("shop"));
        var declared = webhooks.get(1).getMatchConditions().get(1).getExpression();
        var first = webhooks.get(2).getMatchConditions().get(1).getExpression();

        assertThat(declared)
                .contains("migrations.coderanger.net/required")
                .contains("migrations.coderanger.net/wait-for");
        assertThat(first).isEqualTo("!(" + declared + ")");
    }

    @Test
    void an_operator_outside_the_cluster_is_reached_by_url() {
        var target = new WebhookTarget(
                "name",
                "ops",
                "operator",
                Optional.of(URI.create("https://host.example:9443/base/")),
                5,
                true,
                Set.of());
        var configurations = new WebhookConfigurations(target);

        assertThat(configurations.mutating(Set.of(), "").getWebhooks())
                .extracting(webhook -> webhook.getClientConfig().getUrl())
                .containsExactly(
                        "https://host.example:9443/base/mutate-pods",
                        "https://host.example:9443/base/mutate-pods",
                        "https://host.example:9443/base/mutate-migrators");
        assertThat(configurations
                        .validating("")
                        .getWebhooks()
                        .getFirst()
                        .getClientConfig()
                        .getUrl())
                .isEqualTo("https://host.example:9443/base/validate-migrators");
    }

    @Test
    void migrators_are_validated_and_refused_without_an_answer() {
        var webhook = new WebhookConfigurations(TARGET)
                .validating("Q0E=")
                .getWebhooks()
                .getFirst();

        assertThat(webhook.getFailurePolicy()).isEqualTo("Fail");
        assertThat(Serialization.asJson(webhook.getRules()))
                .isEqualTo(
                        "[{\"apiGroups\":[\"migrations.coderanger.net\"],\"apiVersions\":[\"*\"],\"operations\":[\"CREATE\",\"UPDATE\"],\"resources\":[\"migrators\"],\"scope\":\"Namespaced\"}]");
    }

    @Test
    void migrators_are_stamped_whenever_they_are_written_and_anew_when_others_change_them() {
        var webhook = webhooks(TARGET, Set.of()).getLast();

        assertThat(webhook.getName()).isEqualTo("stamps.migrations.coderanger.net");
        assertThat(webhook.getFailurePolicy()).isEqualTo("Fail");
        assertThat(webhook.getReinvocationPolicy()).isEqualTo("IfNeeded");
        assertThat(webhook.getSideEffects()).isEqualTo("None");
        assertThat(webhook.getClientConfig().getService().getPath()).isEqualTo("/mutate-migrators");
        assertThat(Serialization.asJson(webhook.getRules()))
                .isEqualTo(
                        "[{\"apiGroups\":[\"migrations.coderanger.net\"],\"apiVersions\":[\"*\"],\"operations\":[\"CREATE\",\"UPDATE\"],\"resources\":[\"migrators\"],\"scope\":\"Namespaced\"}]");
    }

    @Test
    void what_comes_back_from_the_api_server_as_it_was_sent_is_not_written_again() {
        var configurations = new WebhookConfigurations(TARGET);
        var wanted = configurations.mutating(Set.of("shop"), "Q0E=");
        var present = Serialization.unmarshal(Serialization.asJson(wanted), MutatingWebhookConfiguration.class);
        present.getMetadata().setUid("1");
        present.getMetadata().getLabels().put("another", "label");

        assertThat(asWanted(present, wanted)).isTrue();
        assertThat(asWanted(present, configurations.mutating(Set.of("shop", "blog"), "Q0E=")))
                .isFalse();
        assertThat(asWanted(present, configurations.mutating(Set.of("shop"), "Q0I=")))
                .isFalse();
        present.getMetadata().getLabels().remove("app.kubernetes.io/name");
        assertThat(asWanted(present, wanted)).isFalse();
    }

    @Test
    void a_registration_stands_when_every_entry_trusts_the_certificate_that_is_served() {
        var entries = webhooks(TARGET, Set.of("shop"));

        assertThat(trusted(entries, Optional.of("CA"))).isTrue();
        assertThat(trusted(entries, Optional.of("another"))).isFalse();
        assertThat(trusted(entries, Optional.empty())).isFalse();
        entries.getLast().getClientConfig().setCaBundle("b2xkZXI=");
        assertThat(trusted(entries, Optional.of("CA"))).isFalse();
        assertThat(trusted(List.of(), Optional.of("CA"))).isFalse();
    }

    @Test
    void a_certificate_that_everybody_trusts_needs_no_bundle() {
        var entries = new WebhookConfigurations(TARGET).mutating(Set.of(), "").getWebhooks();

        assertThat(trusted(entries, Optional.empty())).isTrue();
        assertThat(trusted(entries, Optional.of("CA"))).isFalse();
    }

    private static boolean trusted(List<MutatingWebhook> entries, Optional<String> authorities) {
        return WebhookRegistration.trusted(entries, MutatingWebhook::getClientConfig, authorities);
    }

    private static boolean asWanted(MutatingWebhookConfiguration present, MutatingWebhookConfiguration wanted) {
        return WebhookRegistration.asWanted(present, wanted, MutatingWebhookConfiguration::getWebhooks);
    }

    private static List<MutatingWebhook> webhooks(WebhookTarget target, Set<String> namespaces) {
        return new WebhookConfigurations(target).mutating(namespaces, "Q0E=").getWebhooks();
    }
}
