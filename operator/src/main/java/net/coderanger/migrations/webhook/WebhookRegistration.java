package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the operator's webhook configurations as they should be. Writes only what is different.
 *
 * <p>Which namespaces the API server asks about stands in an annotation of the operator's ClusterRole, next to the rights that go with
 * them. It is read each time: while an upgrade changes them, the replica that writes may still be one from before, and those that watch
 * the new ones get ready only when they are asked about these.
 */
public final class WebhookRegistration implements Registration {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRegistration.class);

    private final KubernetesClient client;
    private final WebhookTarget target;
    private final Optional<String> clusterRole;

    /**
     * For one target.
     *
     * @param target its watched namespaces are those of this replica, and of the registration if no ClusterRole names others
     * @param clusterRole name of the ClusterRole that owns the configurations, so that they go with it: a cluster whose operator
     *     was uninstalled must not go on refusing pods
     */
    public WebhookRegistration(KubernetesClient client, WebhookTarget target, Optional<String> clusterRole) {
        this.client = client;
        this.target = target;
        this.clusterRole = clusterRole;
    }

    @Override
    public void apply(Set<String> namespaces, Optional<String> authorities) {
        var caBundle = caBundle(authorities);
        var role = role();
        var owners = role.map(WebhookRegistration::owner).stream().toList();
        var configurations = new WebhookConfigurations(
                role.flatMap(WebhookRegistration::watched).map(target::watching).orElse(target));
        apply(
                configurations.mutating(namespaces, caBundle),
                mutating(),
                MutatingWebhookConfiguration::getWebhooks,
                owners);
        apply(configurations.validating(caBundle), validating(), ValidatingWebhookConfiguration::getWebhooks, owners);
    }

    @Override
    public boolean stands(Optional<String> authorities) {
        var mutating = mutating().get();
        var validating = validating().get();
        return mutating != null
                && validating != null
                && trusted(mutating.getWebhooks(), MutatingWebhook::getClientConfig, authorities)
                && trusted(validating.getWebhooks(), ValidatingWebhook::getClientConfig, authorities)
                && asksAboutOwn(mutating)
                && asksAboutOwn(validating);
    }

    private Resource<MutatingWebhookConfiguration> mutating() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(target.name());
    }

    private Resource<ValidatingWebhookConfiguration> validating() {
        return client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(target.name());
    }

    /** One that does not say whom it asks about was written by an older version: the newer must get ready, or it never replaces that. */
    private boolean asksAboutOwn(HasMetadata configuration) {
        var listed = configuration.getMetadata().getAnnotations().get(WebhookConfigurations.WATCHED);
        return listed == null || listed.equals(WebhookConfigurations.listed(target.watched()));
    }

    static <E> boolean trusted(List<E> entries, Function<E, WebhookClientConfig> client, Optional<String> authorities) {
        return !entries.isEmpty()
                && entries.stream()
                        .map(client)
                        .allMatch(config ->
                                caBundle(authorities).equals(Objects.requireNonNullElse(config.getCaBundle(), "")));
    }

    private static String caBundle(Optional<String> authorities) {
        return authorities
                .map(pem -> Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))
                .orElse("");
    }

    private <T extends HasMetadata> void apply(
            T wanted, Resource<T> resource, Function<T, List<?>> entries, List<OwnerReference> owners) {
        wanted.getMetadata().setOwnerReferences(owners);
        var present = resource.get();
        try {
            if (present == null) {
                client.resource(wanted).create();
            } else if (!asWanted(present, wanted, entries)) {
                wanted.getMetadata().setResourceVersion(present.getMetadata().getResourceVersion());
                client.resource(wanted)
                        .lockResourceVersion(present.getMetadata().getResourceVersion())
                        .update();
            } else {
                return;
            }
            LOG.atInfo()
                    .addKeyValue("kind", wanted.getKind())
                    .addKeyValue("name", target.name())
                    .log("Wrote a webhook configuration");
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /**
     * Labels and annotations that others have added are left alone, unless something else has to be written. Entries are compared
     * as JSON: the client's classes tell an absent map from an empty one, which mean the same.
     */
    static <T extends HasMetadata> boolean asWanted(T present, T wanted, Function<T, List<?>> entries) {
        return Serialization.asJson(entries.apply(present)).equals(Serialization.asJson(entries.apply(wanted)))
                && contains(
                        present.getMetadata().getLabels(), wanted.getMetadata().getLabels())
                && contains(
                        present.getMetadata().getAnnotations(),
                        wanted.getMetadata().getAnnotations())
                && wanted.getMetadata()
                        .getOwnerReferences()
                        .equals(present.getMetadata().getOwnerReferences());
    }

    private static boolean contains(@Nullable Map<String, String> present, Map<String, String> wanted) {
        return Objects.requireNonNullElse(present, Map.of()).entrySet().containsAll(wanted.entrySet());
    }

    private Optional<ClusterRole> role() {
        var role = clusterRole.flatMap(name ->
                Optional.ofNullable(client.rbac().clusterRoles().withName(name).get()));
        if (clusterRole.isPresent() && role.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("clusterRole", clusterRole.get())
                    .log(
                            "There is no such ClusterRole; the webhook configurations will stay when the operator is uninstalled");
        }
        return role;
    }

    /** Empty if the role does not say. */
    private static Optional<Set<String>> watched(ClusterRole role) {
        return Optional.ofNullable(role.getMetadata().getAnnotations().get(WebhookConfigurations.WATCHED))
                .map(listed -> listed.isEmpty() ? Set.of() : Set.of(listed.split(",")));
    }

    private static OwnerReference owner(ClusterRole role) {
        return new OwnerReferenceBuilder()
                .withApiVersion("rbac.authorization.k8s.io/v1")
                .withKind("ClusterRole")
                .withName(role.getMetadata().getName())
                .withUid(role.getMetadata().getUid())
                .withBlockOwnerDeletion(false)
                .build();
    }
}
