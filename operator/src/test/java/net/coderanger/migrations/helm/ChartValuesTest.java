package net.coderanger.migrations.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The comments in a chart's values.yaml are the only place where people write what a value means: the schema's descriptions and the
 * README's table are made of them. {@code mvn test -Dgenerate} writes both anew.
 */
@ResourceLock("values.schema.json")
@ParameterizedClass
@ValueSource(strings = {"migrations-operator", "migrator"})
class ChartValuesTest {

    private static final Pattern TABLE =
            Pattern.compile("(<!-- values -->\\n\\n).*?(\\n<!-- end of values -->)", Pattern.DOTALL);
    private static final String GLOBAL = "global";

    @Parameter
    String chart = "";

    @Test
    void every_value_has_a_comment_and_a_schema_and_nothing_else_has() throws IOException {
        assertThat(schema().keys())
                .hasSizeGreaterThan(5)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(GLOBAL), values().stream().map(ChartValue::key))
                                .toList());
    }

    @Test
    void the_schema_says_what_the_comments_say() throws IOException {
        assertCommitted(
                file("values.schema.json"), schema().describing(values()).text());
    }

    @Test
    void the_readme_lists_the_values() throws IOException {
        var readme = file("README.md");
        var text = Files.readString(readme);
        assertThat(text).containsPattern(TABLE);
        var table = Matcher.quoteReplacement(ValuesTable.of(values(), schema()));
        assertCommitted(readme, TABLE.matcher(text).replaceFirst("$1" + table + "$2"));
    }

    @Test
    void the_defaults_are_legal() throws IOException {
        assertThat(schema().problems(defaults())).isEmpty();
    }

    @Test
    void a_value_of_another_type_is_refused_by_its_name() throws IOException {
        for (var value : values()) {
            var wrong = defaults();
            var parent = parentOf(value, wrong);
            var key = value.path().getLast();
            parent.set(
                    key,
                    value.standard().isContainerNode()
                            ? IntNode.valueOf(1)
                            : parent.objectNode().put("wrong", 1));
            assertThat(schema().problems(wrong))
                    .as("a wrong %s", value.key())
                    .anySatisfy(problem -> assertThat(problem).contains(key));
        }
    }

    @Test
    void a_value_that_does_not_exist_is_refused_by_its_name() throws IOException {
        for (var value : values()) {
            var wrong = defaults();
            parentOf(value, wrong).put("wronk", true);
            assertThat(schema().problems(wrong))
                    .as("another value beside %s", value.key())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem).contains("wronk"));
        }
    }

    private static ObjectNode parentOf(ChartValue value, ObjectNode values) {
        var node = values;
        for (var key : value.path().subList(0, value.path().size() - 1)) {
            node = (ObjectNode) node.path(key);
        }
        return node;
    }

    private ObjectNode defaults() throws IOException {
        return (ObjectNode) ValuesFile.of(file("values.yaml")).content();
    }

    private List<ChartValue> values() throws IOException {
        return ValuesFile.of(file("values.yaml")).values();
    }

    private ValuesSchema schema() throws IOException {
        return ValuesSchema.of(file("values.schema.json"));
    }

    private Path file(String name) {
        return Path.of("..", "helm", chart, name);
    }

    private static void assertCommitted(Path file, String content) throws IOException {
        if (System.getProperty("generate") != null) {
            Files.writeString(file, content);
        }
        assertThat(file)
                .as("out of date: run mvn test -Dgenerate, look at the difference, and commit it")
                .content()
                .isEqualTo(content);
    }
}
