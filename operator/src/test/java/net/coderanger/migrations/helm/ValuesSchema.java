package net.coderanger.migrations.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A chart's values.schema.json. */
public final class ValuesSchema {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DESCRIPTION = "description";

    private final ObjectNode root;

    private ValuesSchema(ObjectNode root) {
        this.root = root;
    }

    /** Reads it. */
    public static ValuesSchema of(Path file) throws IOException {
        return new ValuesSchema((ObjectNode) JSON.readTree(Files.readString(file)));
    }

    /** The same with another definition of this name. */
    public ValuesSchema with(String definition, JsonNode schema) {
        var copy = root.deepCopy();
        copy.withObjectProperty("definitions").set(definition, schema);
        return new ValuesSchema(copy);
    }

    /** The same with the meaning of each value as its description. */
    ValuesSchema describing(List<ChartValue> values) {
        var copy = new ValuesSchema(root.deepCopy());
        values.forEach(value -> {
            var property = (ObjectNode) copy.property(value);
            var rest = property.deepCopy();
            property.removeAll();
            property.put(DESCRIPTION, value.meaning());
            rest.remove(DESCRIPTION);
            property.setAll(rest);
        });
        return copy;
    }

    /** What is wrong with these values. */
    List<String> problems(JsonNode values) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(root.toString(), InputFormat.JSON)
                .validate(values.toString(), InputFormat.JSON)
                .stream()
                .map(problem -> problem.getInstanceLocation() + ": " + problem.getMessage())
                .toList();
    }

    /** The schema of a value, not resolved. */
    JsonNode property(ChartValue value) {
        JsonNode schema = root;
        for (var key : value.path()) {
            schema = schema.path("properties").path(key);
        }
        return schema;
    }

    /** The schema that a node stands for. */
    JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.path("$ref").asText().substring(1)) : schema;
    }

    /** Names of all properties that group no others, as paths with dots. */
    List<String> keys() {
        return keys("", root).toList();
    }

    private static Stream<String> keys(String path, JsonNode schema) {
        return schema.path("properties").properties().stream().flatMap(property -> {
            var key = path + property.getKey();
            return property.getValue().has(DESCRIPTION) || !property.getValue().has("properties")
                    ? Stream.of(key)
                    : keys(key + ".", property.getValue());
        });
    }

    /** The file's text. */
    public String text() {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
        try {
            return JSON.writer(printer).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
