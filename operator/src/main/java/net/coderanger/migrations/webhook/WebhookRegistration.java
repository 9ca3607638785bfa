package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the operator's webhook configurations as they should be. Writes only what is different. */
public final class WebhookRegistration implements Registration {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRegistration.class);

    private final KubernetesClient client;
    private final WebhookConfigurations configurations;
    private final String name;
    private final Optional<String> clusterRole;

    /**
     * For one target.
     *
     * @param clusterRole name of the ClusterRole that owns the configurations, so that they go with it: a cluster whose operator
     *     was uninstalled must not go on refusing pods
     */
    public WebhookRegistration(KubernetesClient client, WebhookTarget target, Optional<String> clusterRole) {
        this.client = client;
        this.configurations = new WebhookConfigurations(target);
        this.name = target.name();
        this.clusterRole = clusterRole;
    }

    @Override
    public void apply(Set<String> namespaces, Optional<String> authorities) {
        var caBundle = caBundle(authorities);
        var owners = owners();
        var webhooks = client.admissionRegistration().v1();
        apply(
                configurations.mutating(namespaces, caBundle),
                webhooks.mutatingWebhookConfigurations().withName(name),
                configuration -> configuration.getWebhooks(),
                owners);
        apply(
                configurations.validating(caBundle),
                webhooks.validatingWebhookConfigurations().withName(name),
                configuration -> configuration.getWebhooks(),
                owners);
    }

    @Override
    public boolean trusts(Optional<String> authorities) {
        var webhooks = client.admissionRegistration().v1();
        var mutating = webhooks.mutatingWebhookConfigurations().withName(name).get();
        var validating =
                webhooks.validatingWebhookConfigurations().withName(name).get();
        return mutating != null
                && validating != null
                && trusted(mutating.getWebhooks(), MutatingWebhook::getClientConfig, authorities)
                && trusted(validating.getWebhooks(), ValidatingWebhook::getClientConfig, authorities);
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
                    .addKeyValue("name", name)
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
        var labels = Objects.requireNonNullElse(present.getMetadata().getLabels(), Map.<String, String>of());
        return Serialization.asJson(entries.apply(present)).equals(Serialization.asJson(entries.apply(wanted)))
                && labels.entrySet()
                        .containsAll(wanted.getMetadata().getLabels().entrySet())
                && wanted.getMetadata()
                        .getOwnerReferences()
                        .equals(present.getMetadata().getOwnerReferences());
    }

    private List<OwnerReference> owners() {
        if (clusterRole.isEmpty()) {
            return List.of();
        }
        var role = client.rbac().clusterRoles().withName(clusterRole.get()).get();
        if (role == null) {
            LOG.atWarn()
                    .addKeyValue("clusterRole", clusterRole.get())
                    .log(
                            "There is no such ClusterRole; the webhook configurations will stay when the operator is uninstalled");
            return List.of();
        }
        return List.of(new OwnerReferenceBuilder()
                .withApiVersion("rbac.authorization.k8s.io/v1")
                .withKind("ClusterRole")
                .withName(role.getMetadata().getName())
                .withUid(role.getMetadata().getUid())
                .withBlockOwnerDeletion(false)
                .build());
    }
}
