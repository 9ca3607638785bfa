package net.coderanger.migrations.tls;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** One Secret of the cluster. */
public final class ClusterSecretStore implements SecretStore {

    private static final String OWN_TYPE = "Opaque";

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    public ClusterSecretStore(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    @Override
    public Optional<Stored> read() {
        return Optional.ofNullable(resource().get())
                .map(secret -> new Stored(
                        secret.getMetadata().getResourceVersion(),
                        Objects.requireNonNullElse(secret.getType(), OWN_TYPE),
                        decoded(Objects.requireNonNullElse(secret.getData(), Map.of()))));
    }

    @Override
    public boolean create(Map<String, String> data) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("app.kubernetes.io/name", "migrations-operator")
                .endMetadata()
                .withType(OWN_TYPE)
                .withData(encoded(data))
                .build();
        return unlessConflict(() -> client.resource(secret).create());
    }

    @Override
    public boolean replace(Stored read, Map<String, String> data) {
        var current = resource().get();
        if (current == null || !current.getMetadata().getResourceVersion().equals(read.version())) {
            return false;
        }
        var next = new SecretBuilder(current).withData(encoded(data)).build();
        return unlessConflict(
                () -> client.resource(next).lockResourceVersion(read.version()).update());
    }

    private Resource<Secret> resource() {
        return client.secrets().inNamespace(namespace).withName(name);
    }

    private static boolean unlessConflict(Runnable write) {
        try {
            write.run();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** An entry that is no text at all is shown as one that is no certificate either. */
    private static Map<String, String> decoded(Map<String, String> data) {
        return data.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new String(
                                Base64.getMimeDecoder().decode(Objects.requireNonNullElse(entry.getValue(), "")),
                                StandardCharsets.ISO_8859_1)));
    }

    private static Map<String, String> encoded(Map<String, String> data) {
        return data.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> Base64.getEncoder()
                                .encodeToString(entry.getValue().getBytes(StandardCharsets.ISO_8859_1))));
    }
}
