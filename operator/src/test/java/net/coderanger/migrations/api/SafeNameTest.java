package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** B19: are the names that come from a Migrator's name valid where they are used, and distinct? */
class SafeNameTest {

    /** The API server's own patterns: {@code IsDNS1123Label}, {@code IsValidLabelValue}, {@code IsQualifiedName}. */
    private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

    private static final String LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
    private static final String QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    static Stream<String> names() {
        return Stream.of(
                "a",
                "shop",
                "shop.example.com",
                "a.b",
                "0",
                "a".repeat(63),
                "a".repeat(64),
                "a".repeat(253),
                "a" + "-".repeat(70) + "b",
                ("label.".repeat(42) + "x").substring(0, 253));
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_label_is_a_dns_label(String name) {
        assertThat(SafeName.label(name, SafeName.MAX)).matches(DNS_LABEL).hasSizeLessThanOrEqualTo(63);
        assertThat(SafeName.label(name, 30)).matches(DNS_LABEL).hasSizeLessThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_name_is_a_label_value(String name) {
        assertThat(SafeName.of(name, SafeName.MAX)).matches(LABEL_VALUE).hasSizeLessThanOrEqualTo(63);
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_gates_of_any_migrator_have_valid_names(String name) {
        assertThat(Gates.waiterContainer(name)).matches(DNS_LABEL).hasSizeLessThanOrEqualTo(63);
        assertThat(Gates.isWaiter(Gates.waiterContainer(name))).isTrue();
        assertThat(Gates.schedulingGate(name)).startsWith("migrations.coderanger.net/");
        assertThat(nameOf(Gates.schedulingGate(name))).matches(QUALIFIED_NAME).hasSizeLessThanOrEqualTo(63);
        assertThat(nameOf(Annotations.released(name))).matches(QUALIFIED_NAME).hasSizeLessThanOrEqualTo(63);
        assertThat(Gates.fileName(name)).matches(QUALIFIED_NAME).hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void a_name_that_fits_stays_as_it_is() {
        assertThat(SafeName.label("shop", 63)).isEqualTo("shop");
        assertThat(SafeName.of("shop.example.com", 63)).isEqualTo("shop.example.com");
        assertThat(Gates.waiterContainer("shop")).isEqualTo("migrate-wait-shop");
    }

    @DisplayName("names that differ only in dots, or only behind the cut, stay apart")
    @Test
    void two_names_never_meet() {
        assertThat(SafeName.label("a.b", 63)).isNotEqualTo(SafeName.label("a-b", 63));
        assertThat(SafeName.of("x".repeat(100) + "1", 63)).isNotEqualTo(SafeName.of("x".repeat(100) + "2", 63));
        assertThat(SafeName.label("x".repeat(100) + "1", 40)).isNotEqualTo(SafeName.label("x".repeat(100) + "2", 40));
    }

    @Test
    void a_name_is_always_the_same() {
        assertThat(SafeName.label("a.b", 63)).isEqualTo("a-b-" + SafeName.digest("a.b", 10));
        assertThat(SafeName.digest("a.b", 10)).matches("[0-9a-f]{10}");
    }

    private static String nameOf(String qualified) {
        return qualified.substring(qualified.indexOf('/') + 1);
    }
}
