package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Map;
import net.coderanger.migrations.api.Migrator;

/** Objects as YAML, and what the API server makes of an answer. */
final class Fixtures {

    static final WaiterContainer WAITER = new WaiterContainer(
            "operator:1",
            "IfNotPresent",
            Map.of("cpu", "10m", "memory", "48Mi"),
            Map.of("cpu", "500m", "memory", "64Mi"));

    private Fixtures() {}

    static JsonNode json(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, JsonNode.class);
    }

    static Migrator migrator(String name, String spec) {
        var migrator = Serialization.unmarshal("""
                ---
                apiVersion: migrations.coderanger.net/v1beta1
                kind: Migrator
                metadata: {name: %s, namespace: shop}
                spec: %s
                """.formatted(name, spec), Migrator.class);
        return migrator;
    }

    static Migrator deleted(Migrator migrator) {
        migrator.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        return migrator;
    }

    static JsonNode applied(JsonNode patch, JsonNode object) {
        return JsonPatch.apply(patch, object);
    }

    /** A review of a pod that is being created. */
    static ObjectNode podReview(JsonNode pod) {
        var review = review("pods", "CREATE", "shop");
        ((ObjectNode) review.path("request")).set("object", pod);
        return review;
    }

    /** A review of a change of the Migrator {@code db}. */
    static ObjectNode migratorUpdate(JsonNode before, JsonNode after) {
        var review = review("migrators", "UPDATE", "shop");
        var request = ((ObjectNode) review.path("request")).put("name", "db");
        request.set("oldObject", before);
        request.set("object", after);
        return review;
    }

    static ObjectNode review(String resource, String operation, String namespace) {
        return (ObjectNode) json("""
                apiVersion: admission.k8s.io/v1
                kind: AdmissionReview
                request:
                  uid: 3c5bbbb5-1aa5-4ca8-9cc9-0d3a1e8d5f59
                  resource: {group: "", version: v1, resource: %s}
                  operation: %s
                  namespace: %s
                  userInfo: {username: jane, uid: "1", groups: [devs, "system:authenticated"], extra: {scope: [a, b]}}
                  dryRun: false
                """.formatted(resource, operation, namespace));
    }
}
