package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every Migrator that the documentation or an example shows is one that the API server would take. */
class DocumentedManifestsTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern FENCED = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Schema schema = schema();

    @TestFactory
    Stream<DynamicTest> every_migrator_is_valid() throws IOException {
        return migrators().stream()
                .map(shown -> DynamicTest.dynamicTest(
                        shown.getKey(),
                        () -> assertThat(problems(shown.getValue())).isEmpty()));
    }

    @Test
    void there_are_some() throws IOException {
        assertThat(migrators()).hasSizeGreaterThan(3);
    }

    @Test
    void a_field_that_does_not_exist_is_found() throws JsonProcessingException {
        assertThat(problems(Map.of("kind", "Migrator", "spec", Map.of("selector", Map.of(), "comand", List.of()))))
                .isNotEmpty();
    }

    private static List<Map.Entry<String, Map<?, ?>>> migrators() throws IOException {
        try (var docs = Files.walk(REPOSITORY.resolve("docs"));
                var examples = Files.walk(REPOSITORY.resolve("examples"))) {
            return Stream.of(Stream.of(REPOSITORY.resolve("README.md")), docs, examples)
                    .flatMap(files -> files)
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("target"))
                    // of a chart; what becomes of them is looked at by ChartsIT
                    .filter(file -> !file.toString().contains("/templates/"))
                    .flatMap(file ->
                            yaml(file).map(document -> Map.<String, Map<?, ?>>entry(file.toString(), document)))
                    .filter(shown -> "Migrator".equals(shown.getValue().get("kind")))
                    .toList();
        }
    }

    private static Stream<Map<?, ?>> yaml(Path file) {
        var name = file.toString();
        if (name.endsWith(".yaml")) {
            return documents(read(file));
        }
        return name.endsWith(".md")
                ? FENCED.matcher(read(file)).results().flatMap(block -> documents(block.group(1)))
                : Stream.empty();
    }

    private static Stream<Map<?, ?>> documents(String text) {
        return StreamSupport.stream(
                        new Yaml(new SafeConstructor(new LoaderOptions()))
                                .loadAll(text)
                                .spliterator(),
                        false)
                .filter(Map.class::isInstance)
                .map(document -> (Map<?, ?>) document);
    }

    private List<String> problems(Map<?, ?> migrator) throws JsonProcessingException {
        return schema.validate(JSON.writeValueAsString(migrator), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    /** The CRD's schema, in which a field that is not named is an error: the API server would drop it without a word. */
    private static Schema schema() {
        var json = JSON.valueToTree(ChartCrd.schema());
        closed((ObjectNode) json.path("properties").path("spec"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(json.toString(), InputFormat.JSON);
    }

    private static void closed(ObjectNode object) {
        if (object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        object.path("properties").forEach(property -> closed((ObjectNode) property));
        if (object.path("items") instanceof ObjectNode items) {
            closed(items);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
