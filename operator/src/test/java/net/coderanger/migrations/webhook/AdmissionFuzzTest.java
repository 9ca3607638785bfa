package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.WAITER;
import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static net.coderanger.migrations.webhook.Fixtures.podReview;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.coderanger.migrations.server.Reply;
import org.junit.jupiter.api.Test;

/** Reviews that are well-formed but odd inside are answered, whatever they say; bytes that are none are refused. */
class AdmissionFuzzTest {

    private static final int ROUNDS = 2_000;

    private static final JsonNode POD = json("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: shop
              labels: {app: shop, tier: web}
              annotations: {migrations.coderanger.net/wait-for: "db, web", migrations.coderanger.net/gated-by: db, a: b}
              ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: shop-1, uid: "1", controller: true}]
            spec:
              nodeName: ""
              os: {name: linux}
              volumes:
                - {name: data, emptyDir: {}}
                - name: migrations-gate
                  downwardAPI: {items: [{path: db, fieldRef: {fieldPath: "metadata.annotations['x']"}}]}
              initContainers:
                - {name: seed, image: "shop:2", restartPolicy: Always}
                - {name: migrate-wait-db, volumeMounts: [{name: migrations-gate, mountPath: /migrations-gate}]}
              containers:
                - name: main
                  image: shop:2
                  securityContext: {runAsUser: 5}
                  resources: {requests: {cpu: "1", memory: 1Gi}, limits: {cpu: "1", memory: 1Gi}}
              schedulingGates: [{name: migrations.coderanger.net/web}]
            """);

    private final PodAdmission pods = new PodAdmission(
            namespace -> List.of(
                    migrator("db", "{selector: {}}"),
                    migrator("gate", "{selector: {matchLabels: {app: shop}}, gate: SchedulingGate}"),
                    migrator("web", "{selector: {matchExpressions: [{key: tier, operator: NotIn, values: [x]}]}}")),
            (migrator, pod, namespace) -> new Standing(Optional.of("shop:2"), false),
            Duration.ofSeconds(10),
            WAITER);

    @Test
    void every_pod_is_answered_and_every_patch_fits() throws Exception {
        var mutator = new JsonMutator(42);
        for (var round = 0; round < ROUNDS; round++) {
            var pod = mutator.mutated(POD);
            var reply = AdmissionHandler.answer(bytes(podReview(pod)), pods::review);

            assertThat(reply.status()).as("round %d: %s", round, pod).isEqualTo(Reply.OK);
            var response = Json.MAPPER.readTree(reply.body()).path("response");
            if (response.has("patch")) {
                var gated = applied(Json.MAPPER.readTree(response.path("patch").binaryValue()), pod);
                var again = Json.MAPPER
                        .readTree(AdmissionHandler.answer(bytes(podReview(gated)), pods::review)
                                .body())
                        .path("response");
                assertThat(again.has("patch"))
                        .as("round %d is stable: %s", round, pod)
                        .isFalse();
            }
        }
    }

    @Test
    void every_request_that_has_a_uid_is_answered() throws Exception {
        var mutator = new JsonMutator(43);
        var admission = new MigratorAdmission((user, namespace) -> user.groups().size() < 2);
        var create = review("migrators", "CREATE", "shop");
        ((ObjectNode) create.path("request"))
                .set(
                        "object",
                        json(
                                "{spec: {selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [b]}]}}}"));
        for (var round = 0; round < ROUNDS; round++) {
            for (var original : List.of(podReview(POD), create)) {
                var review = original.<ObjectNode>deepCopy();
                var request = mutator.mutated((ObjectNode) review.path("request"));
                request.put("uid", "1");
                review.set("request", request);

                assertThat(AdmissionHandler.answer(bytes(review), pods::review).status())
                        .as("pods, round %d: %s", round, review)
                        .isEqualTo(Reply.OK);
                assertThat(AdmissionHandler.answer(bytes(review), admission::review)
                                .status())
                        .as("migrators, round %d: %s", round, review)
                        .isEqualTo(Reply.OK);
            }
        }
    }

    @Test
    void broken_bytes_are_bad_requests_and_nothing_worse() throws Exception {
        var random = new Random(44);
        var original = bytes(podReview(POD));
        for (var round = 0; round < ROUNDS; round++) {
            var body = original.clone();
            for (var changes = 1 + random.nextInt(5); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }

            var reply = AdmissionHandler.answer(body, pods::review);

            assertThat(reply.status()).as("round %d", round).isEqualTo(isReview(body) ? Reply.OK : Reply.BAD_REQUEST);
        }
    }

    private static boolean isReview(byte[] body) throws IOException {
        try {
            var review = Json.MAPPER.readTree(body);
            return Json.text(review, "kind").equals("AdmissionReview")
                    && Json.text(review, "apiVersion").equals("admission.k8s.io/v1")
                    && !Json.text(review.path("request"), "uid").isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static byte[] bytes(JsonNode json) throws JsonProcessingException {
        return Json.MAPPER.writeValueAsBytes(json);
    }
}
