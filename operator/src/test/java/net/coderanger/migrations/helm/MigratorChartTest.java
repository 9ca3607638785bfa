package net.coderanger.migrations.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The chart for applications takes the whole spec of a Migrator; that it is rendered, too, is shown by {@link ChartsIT}. */
@ResourceLock("values.schema.json")
class MigratorChartTest {

    private static final Path CHART = Path.of("..", "helm", "migrator");
    private static final Path LARGEST = CHART.resolve("tests/values/largest.yaml");

    @Test
    void the_largest_values_have_every_field_of_the_spec_and_are_legal() throws IOException {
        var schema = new ObjectMapper().readTree(Files.readString(CHART.resolve("values.schema.json")));
        var values = ValuesFile.parsed(Files.readString(LARGEST));

        assertThat(names(values.path("spec")))
                .as("add a new field to %s, and run ChartsIT with -Dgenerate", LARGEST)
                .containsExactlyInAnyOrderElementsOf(names(schema.at("/definitions/spec/properties")));
        assertThat(names(values.at("/spec/job")))
                .containsExactlyInAnyOrderElementsOf(names(schema.at("/definitions/spec/properties/job/properties")));
        assertThat(ValuesSchema.of(CHART.resolve("values.schema.json")).problems(values))
                .isEmpty();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
