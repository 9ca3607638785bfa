package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * How the API server reaches the operator, and when it gives up.
 *
 * @param name of both webhook configurations
 * @param namespace of the Service
 * @param service name of the Service, reached on port 443
 * @param url base URL in place of the Service
 * @param timeoutSeconds 1 to 30
 * @param gateOtherNamespaces whether pods of namespaces without Migrators are asked about, too
 * @param watched the only namespaces that are asked about; empty for all
 */
public record WebhookTarget(
        String name,
        String namespace,
        String service,
        Optional<URI> url,
        int timeoutSeconds,
        boolean gateOtherNamespaces,
        Set<String> watched) {

    private static final int HTTPS = 443;

    WebhookTarget watching(Set<String> namespaces) {
        return new WebhookTarget(name, namespace, service, url, timeoutSeconds, gateOtherNamespaces, namespaces);
    }

    WebhookClientConfig client(String path, String caBundle) {
        var client = new WebhookClientConfigBuilder();
        if (!caBundle.isEmpty()) {
            client.withCaBundle(caBundle);
        }
        url.ifPresentOrElse(
                base -> client.withUrl(base.toString().replaceAll("/+$", "") + path),
                () -> client.withNewService()
                        .withNamespace(namespace)
                        .withName(service)
                        .withPath(path)
                        .withPort(HTTPS)
                        .endService());
        return client.build();
    }
}
