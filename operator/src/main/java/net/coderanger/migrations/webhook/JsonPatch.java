package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A JSON Patch (RFC 6902) that grows. */
final class JsonPatch {

    private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

    /** Adds a member or an element; a member that is there is replaced. */
    void add(String path, JsonNode value) {
        operation("add", path).set("value", value);
    }

    void replace(String path, JsonNode value) {
        operation("replace", path).set("value", value);
    }

    /** Removes a member or an element that is there. */
    void remove(String path) {
        operation("remove", path);
    }

    void move(String from, String path) {
        operation("move", path).put("from", from);
    }

    boolean isEmpty() {
        return operations.isEmpty();
    }

    ArrayNode operations() {
        return operations;
    }

    /** A name as a part of a path (RFC 6901). */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private ObjectNode operation(String op, String path) {
        return operations.addObject().put("op", op).put("path", path);
    }
}
