package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of the spec, every annotation that people set, and its test on a real cluster, as {@code tested-on-a-cluster.properties} says.
 * Whether that test proves what the field promises is for people to judge; that it exists and speaks of the field is seen here.
 */
class TestedOnAClusterTest {

    private static final String ROOT = "net.coderanger.migrations.";
    private static final Path SOURCES = Path.of("src", "test", "java", "net", "coderanger", "migrations");
    private static final Path PAGES = Path.of("..", "docs", "how-to");
    private static final Pattern PAGE = Pattern.compile("Page\\.named\\(\"([a-z-]+)\"\\)");
    private static final Set<String> POD_ANNOTATIONS =
            Set.of(Annotations.REQUIRED, Annotations.NO_WAIT, Annotations.WAIT_FOR, Annotations.REVISION);

    private static final Properties TESTS = read();

    @Test
    void every_field_and_annotation_has_a_test_and_nothing_else_is_listed() {
        var api = new TreeSet<>(ChartCrd.specFields());
        Arrays.stream(ControlAnnotation.values()).map(ControlAnnotation::key).forEach(api::add);
        api.addAll(POD_ANNOTATIONS);
        api.add(Annotations.SKIP_RECONCILE);

        assertThat(new TreeSet<>(TESTS.stringPropertyNames())).containsExactlyElementsOf(api);
    }

    @ParameterizedTest
    @MethodSource("listed")
    void its_tests_exist_need_a_cluster_and_name_it(String name) {
        assertThat(TESTS.getProperty(name).split(" +")).isNotEmpty().allSatisfy(test -> {
            assertThat(test).matches("[a-z0-9]+\\.\\w+(IT|E2E)\\.\\w+");
            var method = test.substring(test.lastIndexOf('.') + 1);
            var type = test.substring(0, test.lastIndexOf('.'));
            assertThat(tests(type)).contains(method);
            assertThat(text(type)).containsPattern("\\b" + Pattern.quote(lastPart(name)) + "\\b");
        });
    }

    private static Stream<String> listed() {
        return TESTS.stringPropertyNames().stream().sorted();
    }

    private static String lastPart(String name) {
        return List.of(name.split("[./]")).getLast().replace("[]", "");
    }

    private static List<String> tests(String type) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(ROOT + type).getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class))
                .map(Method::getName)
                .toList();
    }

    /** The test's source, and the pages whose manifests it applies. */
    private static String text(String type) throws IOException {
        var source = Files.readString(SOURCES.resolve(type.replace('.', '/') + ".java"));
        var pages = PAGE.matcher(source)
                .results()
                .map(page -> PAGES.resolve(page.group(1) + ".md"))
                .collect(Collectors.toSet());
        var text = new StringBuilder(source);
        for (var page : pages) {
            text.append(Files.readString(page));
        }
        return text.toString();
    }

    private static Properties read() {
        var tests = new Properties();
        try (var file = TestedOnAClusterTest.class.getResourceAsStream("tested-on-a-cluster.properties")) {
            tests.load(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tests;
    }
}
