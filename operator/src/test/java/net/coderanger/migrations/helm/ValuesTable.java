package net.coderanger.migrations.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A chart's values as a table for its README. */
final class ValuesTable {

    private ValuesTable() {}

    static String of(List<ChartValue> values, ValuesSchema schema) {
        return "| value | default | may be | meaning |\n| --- | --- | --- | --- |\n"
                + values.stream()
                        .map(value -> "| `%s` | %s | %s | %s |\n"
                                .formatted(
                                        value.key(),
                                        standard(value.standard()),
                                        legal(schema.resolved(schema.property(value)), schema),
                                        value.meaning().replace("|", "\\|")))
                        .collect(Collectors.joining());
    }

    private static String standard(JsonNode standard) {
        return standard.isTextual() && standard.asText().isEmpty()
                ? ""
                : "`" + (standard.isTextual() ? standard.asText() : standard) + "`";
    }

    private static String legal(JsonNode schema, ValuesSchema all) {
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .filter(value -> !value.asText().isEmpty())
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        if (schema.has("pattern")) {
            return "`" + schema.path("pattern").asText().replace("|", "\\|") + "`";
        }
        return switch (schema.path("type").asText()) {
            case "array" -> "list of " + legal(all.resolved(schema.path("items")), all);
            case "integer" -> "integer" + range(schema);
            case "object" -> "map";
            case "string" -> "text";
            case "boolean" -> "`true`, `false`";
            default -> throw new IllegalArgumentException("a type that this table has no word for: " + schema);
        };
    }

    private static String range(JsonNode schema) {
        var least = schema.has("minimum") ? ", at least " + schema.path("minimum") : "";
        return schema.has("maximum") ? " from " + schema.path("minimum") + " to " + schema.path("maximum") : least;
    }
}
