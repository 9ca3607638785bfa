package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.WAITER;
import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static net.coderanger.migrations.webhook.Fixtures.podReview;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.coderanger.migrations.server.HttpEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real HTTP. */
class AdmissionHandlerTest {

    private static final JsonNode POD = json("{metadata: {labels: {app: shop}}, spec: {containers: [{name: main}]}}");

    private final PodAdmission pods = new PodAdmission(
            (namespace, wanted) -> List.of(migrator("db", "{selector: {}}")),
            (migrator, pod, namespace) -> Standing.UNKNOWN,
            Duration.ofSeconds(10),
            WAITER);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private HttpEndpoint server;

    @BeforeEach
    void serve() throws IOException {
        server = new HttpEndpoint(
                0,
                AdmissionHandler.routes(
                        pods,
                        new MigratorAdmission((user, action) -> {
                            if (user.name().equals("unlucky")) {
                                throw new IllegalStateException("the API server does not answer");
                            }
                            return user.name().equals("jane");
                        }),
                        (webhook, result, took) -> answers.add(webhook + " " + result)));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
        pods.close();
        client.close();
    }

    @Test
    void a_pod_is_answered_with_a_patch_under_the_same_uid() throws Exception {
        var request = podReview(POD);

        var review = answer("/mutate-pods?timeout=5s", request);

        assertThat(Json.text(review, "apiVersion")).isEqualTo("admission.k8s.io/v1");
        assertThat(Json.text(review, "kind")).isEqualTo("AdmissionReview");
        var response = review.path("response");
        assertThat(Json.text(response, "uid"))
                .isEqualTo(request.at("/request/uid").textValue());
        assertThat(response.path("allowed").booleanValue()).isTrue();
        assertThat(Json.text(response, "patchType")).isEqualTo("JSONPatch");
        var patch = Json.MAPPER.readTree(response.path("patch").binaryValue());
        assertThat(applied(patch, POD).at("/spec/initContainers/0/name").textValue())
                .isEqualTo("migrate-wait-db");
        assertThat(answers).containsExactly("PODS GATED");
    }

    @Test
    void a_pod_that_needs_nothing_is_answered_without_a_patch() throws Exception {
        var review = answer("/mutate-pods", review("pods", "UPDATE", "shop"));

        assertThat(review.path("response").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("uid", "allowed");
        assertThat(answers).containsExactly("PODS ALLOWED");
    }

    @Test
    void a_control_annotation_is_answered_with_its_stamp() throws Exception {
        var migrator = json("{metadata: {annotations: {migrations.coderanger.net/retry: now}}, spec: {selector: {}}}");
        var request = review("migrators", "CREATE", "shop");
        ((ObjectNode) request.path("request")).set("object", migrator);

        var response = answer("/mutate-migrators?timeout=5s", request).path("response");

        var patch = Json.MAPPER.readTree(response.path("patch").binaryValue());
        assertThat(applied(patch, migrator).at("/metadata/annotations/migrations.coderanger.net~1retry-by"))
                .isEqualTo(json("jane"));
        assertThat(answers).containsExactly("STAMPS STAMPED");
    }

    @Test
    void a_refusal_has_a_code_and_a_message() throws Exception {
        var request = review("migrators", "CREATE", "shop");
        ((ObjectNode) request.at("/request/userInfo")).put("username", "joe");
        ((ObjectNode) request.path("request")).set("object", json("{spec: {selector: {}}}"));

        var response = answer("/validate-migrators", request).path("response");

        assertThat(response.path("allowed").booleanValue()).isFalse();
        assertThat(response.at("/status/code").intValue()).isEqualTo(403);
        assertThat(response.at("/status/message").textValue()).contains("user joe may not create jobs.batch");
        assertThat(answers).containsExactly("MIGRATORS DENIED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "{",
                "{} {}",
                "[]",
                "null",
                "1",
                "{}",
                "{\"kind\": \"AdmissionReview\"}",
                "{\"kind\": \"AdmissionReview\", \"apiVersion\": \"admission.k8s.io/v1beta1\", \"request\": {\"uid\": \"1\"}}",
                "{\"kind\": \"Pod\", \"apiVersion\": \"admission.k8s.io/v1\", \"request\": {\"uid\": \"1\"}}",
                "{\"kind\": \"AdmissionReview\", \"apiVersion\": \"admission.k8s.io/v1\"}",
                "{\"kind\": \"AdmissionReview\", \"apiVersion\": \"admission.k8s.io/v1\", \"request\": []}",
                "{\"kind\": \"AdmissionReview\", \"apiVersion\": \"admission.k8s.io/v1\", \"request\": {\"uid\": 1}}",
            })
    void what_is_no_admission_review_is_a_bad_request(String body) throws Exception {
        for (var path : List.of("/mutate-pods", "/mutate-migrators", "/validate-migrators")) {
            var response = post(path, body.getBytes(StandardCharsets.UTF_8));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).containsPattern("the body is not|has no request.uid");
        }
        assertThat(answers).containsExactly("PODS ERROR", "STAMPS ERROR", "MIGRATORS ERROR");
    }

    @Test
    void that_the_operator_cannot_find_out_is_an_error_and_no_denial() throws Exception {
        var request = review("migrators", "CREATE", "shop");
        ((ObjectNode) request.at("/request/userInfo")).put("username", "unlucky");
        ((ObjectNode) request.path("request")).set("object", json("{spec: {selector: {}}}"));

        var response = answer("/validate-migrators", request).path("response");

        assertThat(response.at("/status/code").intValue()).isEqualTo(503);
        assertThat(answers).containsExactly("MIGRATORS ERROR");
    }

    @Test
    void deep_nesting_is_a_bad_request() throws Exception {
        var response = post("/mutate-pods", "[".repeat(100_000).getBytes(StandardCharsets.UTF_8));

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void bytes_that_are_no_text_are_a_bad_request() throws Exception {
        var response = post("/mutate-pods", new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2});

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void a_huge_pod_is_gated_and_a_body_beyond_every_limit_is_refused() throws Exception {
        var pod = POD.<ObjectNode>deepCopy();
        ((ObjectNode) pod.path("metadata")).putObject("annotations").put("huge", "x".repeat(3 * 1024 * 1024));

        assertThat(answer("/mutate-pods", podReview(pod)).at("/response/patch").isTextual())
                .isTrue();
        assertThat(post("/mutate-pods", new byte[7 * 1024 * 1024]).statusCode()).isEqualTo(413);
    }

    private JsonNode answer(String path, JsonNode review) throws IOException, InterruptedException {
        var response = post(path, Json.MAPPER.writeValueAsBytes(review));
        assertThat(response.statusCode()).isEqualTo(200);
        return Json.MAPPER.readTree(response.body());
    }

    private HttpResponse<String> post(String path, byte[] body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
