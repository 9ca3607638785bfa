package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes JSON at random places: values of other types, missing members, doubled elements. The same seed, the same changes. */
final class JsonMutator {

    private static final List<String> ODD_VALUES = List.of(
            "null",
            "true",
            "0",
            "-1.5e300",
            "12345678901234567890123",
            "\"\"",
            "\"text\"",
            "\"$(X)/~0~1\\u0000\"",
            "[]",
            "[null]",
            "[[]]",
            "[{}]",
            "[\"text\"]",
            "[{\"name\": 1}]",
            "[{\"name\": \"migrations-gate\"}]",
            "[{\"name\": \"migrate-wait-db\"}]",
            "{}",
            "{\"a\": null}",
            "{\"name\": {}}",
            "{\"migrations.coderanger.net/wait-for\": \"a,b,c\"}",
            "{\"migrations.coderanger.net/required\": \"true\"}",
            "{\"migrations.coderanger.net/gated-by\": \"db,x\"}",
            "{\"migrations.coderanger.net/approve\": \"\", \"migrations.coderanger.net/approve-by\": 1}",
            "{\"migrations.coderanger.net/run\": [], \"migrations.coderanger.net/run-by\": \"joe\"}");

    private final Random random;

    JsonMutator(long seed) {
        this.random = new Random(seed);
    }

    /** A copy with some changes anywhere below the given node. */
    <T extends JsonNode> T mutated(T original) {
        T copy = original.deepCopy();
        for (var changes = 1 + random.nextInt(4); changes > 0; changes--) {
            var parents = parents(copy);
            if (!parents.isEmpty()) {
                change(parents.get(random.nextInt(parents.size())));
            }
        }
        return copy;
    }

    private void change(JsonNode parent) {
        if (parent instanceof ObjectNode object) {
            var names = new ArrayList<>(object.properties());
            var name = names.get(random.nextInt(names.size())).getKey();
            switch (random.nextInt(3)) {
                case 0 -> object.remove(name);
                case 1 -> object.set("new" + random.nextInt(3), odd());
                default -> object.set(name, odd());
            }
        } else if (parent instanceof ArrayNode array) {
            var index = random.nextInt(array.size());
            switch (random.nextInt(3)) {
                case 0 -> array.remove(index);
                case 1 -> array.add(array.get(index).<JsonNode>deepCopy());
                default -> array.set(index, odd());
            }
        }
    }

    private JsonNode odd() {
        try {
            return Json.MAPPER.readTree(ODD_VALUES.get(random.nextInt(ODD_VALUES.size())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> parents(JsonNode root) {
        var parents = new ArrayList<JsonNode>();
        if (root.isContainerNode() && !root.isEmpty()) {
            parents.add(root);
            root.forEach(child -> parents.addAll(parents(child)));
        }
        return parents;
    }
}
