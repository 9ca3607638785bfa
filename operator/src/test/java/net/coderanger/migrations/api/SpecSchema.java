package net.coderanger.migrations.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The CRD's schema of the spec as a plain JSON schema, for the values of a chart. It knows nothing of Kubernetes: what only the API
 * server can check is left to that.
 */
final class SpecSchema {

    private static final String INT_OR_STRING = "x-kubernetes-int-or-string";
    private static final String PROPERTIES = "properties";

    private SpecSchema() {}

    /** Converts it in place. Nothing is required at the top: the chart has defaults for that. */
    static JsonNode of(ObjectNode spec) {
        convert(spec);
        spec.remove("required");
        return spec;
    }

    private static void convert(ObjectNode schema) {
        if (schema.path(INT_OR_STRING).asBoolean()) {
            schema.remove(List.of("anyOf", "oneOf"));
            schema.putArray("type").add("integer").add("string");
        }
        var extensions = schema.properties().stream()
                .map(java.util.Map.Entry::getKey)
                .filter(key -> key.startsWith("x-kubernetes-"))
                .toList();
        if (schema.has(PROPERTIES) && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
        schema.remove(extensions);
        schema.remove("format");
        schema.path(PROPERTIES).forEach(SpecSchema::convertIfObject);
        convertIfObject(schema.path("items"));
        convertIfObject(schema.path("additionalProperties"));
        for (var keyword : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.path(keyword) instanceof ArrayNode alternatives) {
                alternatives.forEach(SpecSchema::convertIfObject);
            }
        }
    }

    private static void convertIfObject(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            convert(object);
        }
    }
}
