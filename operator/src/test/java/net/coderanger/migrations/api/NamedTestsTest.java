package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents name tests as the proof of what they say: these have to exist. */
class NamedTestsTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final List<String> DOCUMENTS = List.of("README.md", "docs", "argocd", "examples", "helm", "testbed");
    private static final Pattern NAMED = Pattern.compile("`([A-Z][a-z]\\w*(?:Test|IT|E2E))(?:\\.(\\w+))?`");
    private static final int FEW = 50;

    @Test
    void every_test_that_a_document_names_exists() throws IOException {
        var sources = sources();
        var named = DOCUMENTS.stream()
                .flatMap(place -> markdown(REPOSITORY.resolve(place)))
                .flatMap(file -> NAMED.matcher(text(file)).results())
                .toList();

        assertThat(named).hasSizeGreaterThan(FEW);
        assertThat(named)
                .filteredOn(name -> !exists(name, sources))
                .extracting(MatchResult::group)
                .isEmpty();
    }

    private static boolean exists(MatchResult name, Map<String, String> sources) {
        var source = sources.get(name.group(1));
        return source != null && (name.group(2) == null || source.contains(" " + name.group(2) + "("));
    }

    private static Map<String, String> sources() throws IOException {
        try (var files = Files.walk(REPOSITORY)) {
            return files.filter(file -> file.toString().contains("src/test/java"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            NamedTestsTest::text,
                            (one, other) -> one + other));
        }
    }

    private static Stream<Path> markdown(Path place) {
        try (var files = Files.walk(place)) {
            return files
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("node_modules"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
