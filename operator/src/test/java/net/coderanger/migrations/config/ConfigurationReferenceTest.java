package net.coderanger.migrations.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference of the settings is what the settings say of themselves. {@code mvn test -Dgenerate} writes it anew. */
class ConfigurationReferenceTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference", "configuration.md");

    @Test
    void the_reference_lists_the_settings_that_there_are() throws IOException {
        var content = """
                # Configuration

                The operator reads environment variables; the Helm chart sets them. A bad value ends the process at once, with the
                variable's name and what it may be. Made from the code by `mvn test -Dgenerate`; do not edit.

                """ + OperatorConfig.markdownTable();
        if (System.getProperty("generate") != null) {
            Files.writeString(REFERENCE, content);
        }
        assertThat(REFERENCE)
                .as("out of date: run mvn test -Dgenerate, look at the difference, and commit it")
                .content()
                .isEqualTo(content);
    }
}
