package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for all texts and all values? */
class RedactionPropertyTest {

    /** Values and a text in which they stand, in any form. */
    record Leak(List<String> values, String text) {

        String redacted() {
            return RedactionTest.redaction(values.toArray(String[]::new)).apply(text);
        }
    }

    @Property
    void no_value_is_left_in_any_form(@ForAll("leaks") Leak leak) {
        // When
        var redacted = leak.redacted();
        // Then
        for (var value : leak.values()) {
            for (var form = 0; form < FORMS; form++) {
                assertThat(redacted).doesNotContain(in(form, value));
            }
        }
    }

    @Property
    void what_was_redacted_stays_as_it_is(@ForAll("leaks") Leak leak) {
        // When
        var redacted = leak.redacted();
        // Then
        assertThat(new Leak(leak.values(), redacted).redacted()).isEqualTo(redacted);
    }

    @Property
    void nothing_but_marks_is_added(@ForAll("leaks") Leak leak) {
        // When
        var kept = leak.redacted().split(java.util.regex.Pattern.quote(Redaction.MARK), -1);
        // Then
        var from = 0;
        for (var piece : kept) {
            assertThat(leak.text().indexOf(piece, from))
                    .as("'%s' in its place", piece)
                    .isGreaterThanOrEqualTo(from);
            from = leak.text().indexOf(piece, from) + piece.length();
        }
    }

    @Property
    void a_text_without_values_is_unchanged(@ForAll("harmless") String text, @ForAll("values") List<String> values) {
        assertThat(new Leak(values, text).redacted()).isEqualTo(text);
    }

    @Property
    void a_part_of_a_value_at_either_end_is_taken_out(
            @ForAll("value") String value, @ForAll("harmless") String text, @ForAll boolean atTheEnd) {
        // Given
        for (var length = SecretForms.MIN_LENGTH; length < value.length(); length++) {
            var part = atTheEnd ? value.substring(0, length) : value.substring(value.length() - length);
            if (part.isBlank() || !part.equals(part.strip())) {
                continue;
            }
            // When
            var redacted = new Leak(List.of(value), atTheEnd ? text + part : part + text).redacted();
            // Then
            assertThat(redacted).isEqualTo(atTheEnd ? text + Redaction.MARK : Redaction.MARK + text);
        }
    }

    @Provide
    Arbitrary<Leak> leaks() {
        return values().flatMap(values -> Combinators.combine(
                        Arbitraries.of(values), Arbitraries.integers().between(0, FORMS - 1), filler())
                .as((value, form, filler) -> filler + in(form, value))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(pieces -> new Leak(values, String.join("", pieces) + " end")));
    }

    @Provide
    Arbitrary<List<String>> values() {
        return value().list().ofMinSize(1).ofMaxSize(4);
    }

    /** What people and generators use for passwords; none is a part of the mark. */
    @Provide
    Arbitrary<String> value() {
        return Arbitraries.strings()
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars("abcü€ \"\\/+%&=:@!$'~\n")
                .ofMinLength(4)
                .ofMaxLength(20)
                .map(String::strip)
                .filter(value -> value.length() >= SecretForms.MIN_LENGTH);
    }

    private static Arbitrary<String> filler() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars(" \n\"'-.,:;()")
                .ofMaxLength(8);
    }

    /** Neither begins nor ends like a value or its base64; in between there is no room for one. */
    @Provide
    Arbitrary<String> harmless() {
        return Arbitraries.strings()
                .withCharRange('d', 'z')
                .withChars(" .,-")
                .ofMaxLength(60)
                .map(text -> "·" + text + "·");
    }

    private static final int FORMS = 5;

    private static String in(int form, String value) {
        return switch (form) {
            case 0 -> value;
            case 1 -> Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
            case 2 -> URLEncoder.encode(value, StandardCharsets.UTF_8);
            case 3 -> json(value);
            default ->
                IntStream.range(0, value.getBytes(StandardCharsets.UTF_8).length)
                        .mapToObj(index -> "%%%02x".formatted(value.getBytes(StandardCharsets.UTF_8)[index]))
                        .collect(Collectors.joining());
        };
    }

    private static String json(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
