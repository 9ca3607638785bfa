package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import net.coderanger.migrations.api.Migrator;

/** The HTTP API of the Argo CD that {@code testbed/argocd} has installed, as one of its users. */
final class ArgoCd implements AutoCloseable {

    static final String NAMESPACE = "argocd";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * An answer.
     *
     * @param status of HTTP
     */
    record Reply(int status, JsonNode body) {

        /** What it holds, if it is no refusal. */
        JsonNode ok() {
            assertThat(status).as(body.toString()).isEqualTo(200);
            return body;
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final String token;
    private volatile boolean closed;

    private ArgoCd(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** As its administrator, who may do all. */
    static ArgoCd admin(KubernetesClient cluster) {
        var service = cluster.services()
                .inNamespace(NAMESPACE)
                .withName("argocd-server")
                .get();
        assertThat(service).as("Argo CD is not installed: testbed/argocd").isNotNull();
        var base = URI.create("http://" + service.getSpec().getClusterIP());
        var password = cluster.secrets()
                .inNamespace(NAMESPACE)
                .withName("argocd-initial-admin-secret")
                .require()
                .getData()
                .get("password");
        try (var nobody = new ArgoCd(base, "")) {
            var session = nobody.post(
                            "/api/v1/session",
                            Map.of("username", "admin", "password", decoded(String.valueOf(password))))
                    .ok();
            return new ArgoCd(base, session.path("token").asText());
        }
    }

    /** As another of the accounts that the testbed's argocd-cm names. */
    ArgoCd as(String account) {
        var made = post("/api/v1/account/" + account + "/token", Map.of("expiresIn", 3600))
                .ok();
        return new ArgoCd(base, made.path("token").asText());
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    Reply delete(String path) {
        return send(request(path).DELETE());
    }

    Reply post(String path, Object body) {
        return send(request(path).POST(BodyPublishers.ofString(json(body))));
    }

    /** Runs one of the actions of a Migrator, as its menu does. */
    Reply run(String action, String application, String namespace, String migrator) {
        return post(
                "/api/v1/applications/" + application + "/resource/actions/v2",
                Map.of(
                        "name",
                        application,
                        "appNamespace",
                        NAMESPACE,
                        "project",
                        "default",
                        "namespace",
                        namespace,
                        "resourceName",
                        migrator,
                        "group",
                        Migrator.GROUP,
                        "version",
                        "v1beta1",
                        "kind",
                        "Migrator",
                        "action",
                        action,
                        "resourceActionParameters",
                        List.of()));
    }

    /** The actions that the menu of a Migrator offers, without those that it shows as not possible. */
    List<String> actions(String application, String namespace, String migrator) {
        var offered = get("/api/v1/applications/" + application + "/resource/actions?appNamespace=" + NAMESPACE
                        + "&namespace=" + namespace + "&resourceName=" + migrator + "&group=" + Migrator.GROUP
                        + "&version=v1beta1&kind=Migrator")
                .ok();
        return offered.path("actions")
                .valueStream()
                .filter(action -> !action.path("disabled").asBoolean())
                .map(action -> action.path("name").asText())
                .toList();
    }

    /** Hands each message of one of the API's streams to a consumer, until this is closed. */
    void stream(String path, Consumer<JsonNode> consumer) {
        Thread.ofVirtual().name(path).start(() -> consume(path, consumer));
    }

    private void consume(String path, Consumer<JsonNode> consumer) {
        var request = request(path, Duration.ofHours(1)).GET().build();
        try (var lines = http.send(request, BodyHandlers.ofLines()).body()) {
            lines.filter(line -> line.startsWith("{"))
                    .map(ArgoCd::parsed)
                    .map(message -> message.path("result"))
                    .forEach(consumer);
        } catch (IOException | UncheckedIOException e) {
            if (!closed) {
                System.err.println(path + " ended: " + e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest.Builder request(String path) {
        return request(path, TestNamespace.PATIENCE);
    }

    private HttpRequest.Builder request(String path, Duration patience) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(patience)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), parsed(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
        http.shutdownNow();
    }
}
