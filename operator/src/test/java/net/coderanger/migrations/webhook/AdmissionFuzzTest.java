package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.WAITER;
import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static net.coderanger.migrations.webhook.Fixtures.migratorUpdate;
import static net.coderanger.migrations.webhook.Fixtures.podReview;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

    private static final JsonNode MIGRATOR_BEFORE = json("""
            metadata:
              name: db
              labels: {app: shop}
              annotations:
                migrations.coderanger.net/approve: "shop:v1"
                migrations.coderanger.net/approve-by: joe
                migrations.coderanger.net/retry: once
                migrations.coderanger.net/retry-by: joe
              ownerReferences: [{uid: "1"}]
            spec: {selector: {}, approvedRevision: "shop:v1"}
            """);

    private static final JsonNode MIGRATOR_AFTER = json("""
            metadata:
              name: db
              labels: {app: shop}
              annotations:
                migrations.coderanger.net/approve: "shop:v2 fine"
                migrations.coderanger.net/approve-by: ann
                migrations.coderanger.net/retry: once
                migrations.coderanger.net/baseline-by: ann
              ownerReferences: [{uid: "1"}]
            spec:
              selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [b]}]}
              approvedRevision: "shop:v2"
            """);

    private final PodAdmission pods = new PodAdmission(
            (namespace, wanted) -> List.of(
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
        var admission = new MigratorAdmission((user, action) -> user.groups().size() < 2);
        var routes = AdmissionHandler.routes(pods, admission, (webhook, result, took) -> {});
        var create = review("migrators", "CREATE", "shop");
        ((ObjectNode) create.path("request")).set("object", MIGRATOR_AFTER);
        var update = migratorUpdate(MIGRATOR_BEFORE, MIGRATOR_AFTER);
        for (var round = 0; round < ROUNDS; round++) {
            for (var original : List.of(podReview(POD), create, update)) {
                var review = original.<ObjectNode>deepCopy();
                var request = mutator.mutated((ObjectNode) review.path("request"));
                request.put("uid", "1");
                review.set("request", request);

                assertThat(AdmissionHandler.answer(bytes(review), pods::review).status())
                        .as("pods, round %d: %s", round, review)
                        .isEqualTo(Reply.OK);
                for (var path : List.of(AdmissionHandler.STAMPS_PATH, AdmissionHandler.MIGRATORS_PATH)) {
                    assertThat(Objects.requireNonNull(routes.get(path))
                                    .handler()
                                    .apply(bytes(review))
                                    .status())
                            .as("%s, round %d: %s", path, round, review)
                            .isEqualTo(Reply.OK);
                }
            }
        }
    }

    @Test
    void every_stamp_fits_and_is_then_as_it_should_be() throws Exception {
        var mutator = new JsonMutator(45);
        for (var round = 0; round < ROUNDS; round++) {
            var review = migratorUpdate(mutator.mutated(MIGRATOR_BEFORE), mutator.mutated(MIGRATOR_AFTER));
            var request = (ObjectNode) review.path("request");

            var response = Json.MAPPER
                    .readTree(AdmissionHandler.answer(bytes(review), Stamps::review)
                            .body())
                    .path("response");
            if (response.has("patch")) {
                var patch = Json.MAPPER.readTree(response.path("patch").binaryValue());
                request.set("object", applied(patch, request.path("object")));
            }

            var stamped = new AdmissionRequest(request);
            assertThat(Stamps.review(stamped)).as("round %d: %s", round, review).isEqualTo(AdmissionVerdict.ALLOWED);
            assertThat(Stamps.forged(MigratorChange.of(stamped), "jane"))
                    .as("round %d: %s", round, review)
                    .isEmpty();
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
