package net.coderanger.migrations.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One value of a chart.
 *
 * @param path its place in values.yaml
 * @param meaning the comment above it, in one line
 * @param standard what it is when nobody sets it
 */
record ChartValue(List<String> path, String meaning, JsonNode standard) {

    String key() {
        return String.join(".", path);
    }
}
