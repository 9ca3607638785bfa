package net.coderanger.migrations.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A chart's values.yaml. A key with a comment above it is a value, whatever is below; a key without one groups values. */
final class ValuesFile {

    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z][A-Za-z0-9]*):.*");
    private static final int INDENT = 2;

    private final JsonNode content;
    private final List<ChartValue> values = new ArrayList<>();

    private final List<String> open = new ArrayList<>();
    private final List<String> comment = new ArrayList<>();
    private int deepest = Integer.MAX_VALUE;

    private ValuesFile(JsonNode content) {
        this.content = content;
    }

    static ValuesFile of(Path file) throws IOException {
        var text = Files.readString(file);
        var values = new ValuesFile(parsed(text));
        text.lines().forEach(values::read);
        return values;
    }

    static JsonNode parsed(String yaml) {
        return new ObjectMapper().valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
    }

    List<ChartValue> values() {
        return values;
    }

    JsonNode content() {
        return content;
    }

    private void read(String line) {
        var key = KEY.matcher(line);
        if (line.strip().startsWith("# ")) {
            comment.add(line.strip().substring("# ".length()));
        } else if (key.matches()) {
            read(key.group(1).length() / INDENT, key.group(2));
            comment.clear();
        } else {
            comment.clear();
        }
    }

    private void read(int depth, String key) {
        if (depth > deepest) {
            return;
        }
        deepest = Integer.MAX_VALUE;
        open.subList(depth, open.size()).clear();
        open.add(key);
        if (!comment.isEmpty()) {
            deepest = depth;
            values.add(new ChartValue(List.copyOf(open), String.join(" ", comment), at(open)));
        }
    }

    private JsonNode at(List<String> path) {
        var node = content;
        for (var key : path) {
            node = node.path(key);
        }
        return node;
    }
}
