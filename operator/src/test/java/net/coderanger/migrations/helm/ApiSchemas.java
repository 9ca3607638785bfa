package net.coderanger.migrations.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas of all kinds of an API server, as it publishes them. A field that is not in a schema is an error. */
final class ApiSchemas {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROPERTIES = "properties";
    private static final String CLOSED = "additionalProperties";
    private static final String OPEN = "x-kubernetes-preserve-unknown-fields";
    private static final String KINDS = "x-kubernetes-group-version-kind";

    private final KubernetesClient client;
    private final Map<String, Optional<JsonNode>> published = new ConcurrentHashMap<>();

    ApiSchemas(KubernetesClient client) {
        this.client = client;
    }

    /** Whether the server has this kind. */
    boolean has(Manifest manifest) {
        return schemaName(manifest).isPresent();
    }

    /** What is wrong with an object of a kind that the server has. */
    List<String> problems(Manifest manifest) {
        return schema(manifest).validate(manifest.content().toString(), InputFormat.JSON).stream()
                .map(problem -> manifest.kind() + " " + manifest.name() + problem.getInstanceLocation() + ": "
                        + problem.getMessage())
                .toList();
    }

    private Schema schema(Manifest manifest) {
        var all = (ObjectNode) document(manifest.apiVersion()).orElseThrow();
        var name = schemaName(manifest).orElseThrow();
        var root = JSON.createObjectNode();
        root.putArray("allOf").addObject().put("$ref", "#/components/schemas/" + name);
        root.set("components", all.path("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(root.toString(), InputFormat.JSON);
    }

    private Optional<String> schemaName(Manifest manifest) {
        var version = manifest.apiVersion();
        var group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
        return document(version)
                .flatMap(document -> document.at("/components/schemas").properties().stream()
                        .filter(schema -> schema.getValue()
                                .path(KINDS)
                                .valueStream()
                                .anyMatch(kind -> kind.path("kind").asText().equals(manifest.kind())
                                        && kind.path("group").asText().equals(group)))
                        .map(Map.Entry::getKey)
                        .findFirst());
    }

    private Optional<JsonNode> document(String apiVersion) {
        return published.computeIfAbsent(apiVersion, version -> {
            var path = "/openapi/v3/" + (version.contains("/") ? "apis/" : "api/") + version;
            return Optional.ofNullable(client.raw(path)).map(ApiSchemas::parsed);
        });
    }

    private static JsonNode parsed(String document) {
        try {
            var json = JSON.readTree(document);
            json.at("/components/schemas").forEach(ApiSchemas::close);
            return json;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has(PROPERTIES) && !object.has(CLOSED) && !object.has(OPEN)) {
            object.put(CLOSED, false);
        }
        schema.path(PROPERTIES).forEach(ApiSchemas::close);
        if (schema.path("items").isObject()) {
            close(schema.path("items"));
        }
        if (schema.path(CLOSED).isObject()) {
            close(schema.path(CLOSED));
        }
    }
}
