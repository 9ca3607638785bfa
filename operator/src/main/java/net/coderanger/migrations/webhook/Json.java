package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON that may have any shape: what is not as expected counts as absent. */
final class Json {

    /** The largest pods have some ten thousand; a tree of very many small ones would take memory of many times its text. */
    private static final int MAX_TOKENS = 500_000;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The text of a field; empty if there is none. */
    static String text(JsonNode node, String field) {
        var value = node.path(field);
        return value.isTextual() ? value.textValue() : "";
    }

    /** The elements of a list; none if it is no list. */
    static List<JsonNode> list(JsonNode node) {
        return node.isArray() ? node.valueStream().toList() : List.of();
    }

    /** The texts of a list. */
    static List<String> texts(JsonNode node) {
        return list(node).stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .toList();
    }

    /** The texts of an object by field, in its order. */
    static Map<String, String> map(JsonNode node) {
        var map = new LinkedHashMap<String, String>();
        node.propertyStream()
                .filter(field -> field.getValue().isTextual())
                .forEach(field -> map.put(field.getKey(), field.getValue().textValue()));
        return map;
    }

    /** The names of the objects in a list, in its order; an element without one counts as the empty name. */
    static List<String> names(JsonNode node) {
        return list(node).stream().map(element -> text(element, "name")).toList();
    }
}
