package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is taken out of a text? */
class RedactionTest {

    private static final String PEM = """
            -----BEGIN PRIVATE KEY-----
            MIIEvQIBADANBgkqhkiG9w0BAQEFAASC
            AbCdEfGhIjKlMnOpQrStUvWxYz012345
            c2hvcnQ=
            -----END PRIVATE KEY-----
            """;

    @Test
    void the_value_wherever_it_stands() {
        // Given
        var redaction = redaction("s3cr3t-pw");
        // Then
        assertThat(redaction.apply("login of shop with s3cr3t-pw failed: s3cr3t-pw"))
                .isEqualTo("login of shop with [redacted] failed: [redacted]");
        assertThat(redaction.apply("PGPASSWORD=s3cr3t-pwpsql")).isEqualTo("PGPASSWORD=[redacted]psql");
    }

    @Test
    void the_rest_of_the_text_stays() {
        assertThat(redaction("s3cr3t-pw").apply("  ERROR: relation \"x\"\n\tat y.sql:1\n"))
                .isEqualTo("  ERROR: relation \"x\"\n\tat y.sql:1\n");
    }

    @Test
    void the_value_without_the_line_end_that_an_editor_has_added() {
        assertThat(redaction("s3cr3t-pw\n").apply("with s3cr3t-pw failed")).isEqualTo("with [redacted] failed");
    }

    @Test
    void the_value_in_base64() {
        // Given
        var redaction = redaction("s3cr3t-pw!?~\n");
        // Then
        assertThat(redaction.apply(base64("s3cr3t-pw!?~\n"))).isEqualTo("[redacted]");
        assertThat(redaction.apply("data: " + base64("s3cr3t-pw!?~") + ".")).isEqualTo("data: [redacted].");
        assertThat(redaction.apply(
                        "x " + Base64.getUrlEncoder().encodeToString("s3cr3t-pw!?~".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("x [redacted]");
    }

    @Test
    void a_value_that_is_no_text_in_base64() {
        // Given
        var bytes = new byte[] {(byte) 0xfe, (byte) 0xff, 0, 1, 2, 3, 4, 5, 6};
        var value = Base64.getEncoder().encodeToString(bytes);
        // Then
        assertThat(Redaction.of(java.util.List.of(value)).apply("keystore: " + value))
                .isEqualTo("keystore: [redacted]");
    }

    @Test
    void the_value_escaped_for_a_url() {
        // Given
        var redaction = redaction("p@ss/wörd +1");
        // Then
        assertThat(redaction.apply("to ?pw=p%40ss%2Fw%C3%B6rd%20%2B1 now")).isEqualTo("to ?pw=[redacted] now");
        assertThat(redaction.apply("to ?pw=p%40ss/w%c3%b6rd+%2b1 now")).isEqualTo("to ?pw=[redacted] now");
    }

    @Test
    void the_value_escaped_for_json() {
        // Given
        var redaction = redaction("pa\"ss\\wörd😀\nline");
        // Then
        assertThat(redaction.apply("{\"pw\": \"pa\\\"ss\\\\wörd😀\\nline\"}")).isEqualTo("{\"pw\": \"[redacted]\"}");
        assertThat(redaction.apply("{\"pw\": \"pa\\u0022ss\\\\w\\u00f6rd\\ud83d\\uDE00\\nline\"}"))
                .isEqualTo("{\"pw\": \"[redacted]\"}");
    }

    @Test
    void the_value_with_colours_in_it() {
        assertThat(redaction("s3cr3t-pw").apply("\u001b[31ms3cr\u001b[1m3t-pw\u001b[0m failed\r\n"))
                .isEqualTo("[redacted] failed\n");
    }

    @Test
    void each_line_of_a_longer_value() {
        // Given
        var redaction = redaction(PEM);
        // Then
        assertThat(redaction.apply("key " + PEM + "is bad")).isEqualTo("key [redacted]\nis bad");
        assertThat(redaction.apply("| MIIEvQIBADANBgkqhkiG9w0BAQEFAASC |\n| c2hvcnQ= |"))
                .isEqualTo("| [redacted] |\n| [redacted] |");
    }

    @Test
    void short_lines_of_a_longer_value_stay_when_they_stand_alone() {
        assertThat(redaction("port: 1\npassword: s3cr3t-pw").apply("port: 1 is closed"))
                .isEqualTo("port: 1 is closed");
    }

    @Test
    void the_password_in_a_value_that_has_more_in_it() {
        // Given
        var redaction = redaction(
                "postgres://shop:p%40ss99@db/shop",
                "host=db password='hunter22' user=shop", "{\"api_token\": \"tok-123\"}");
        // Then
        assertThat(redaction.apply("tried p%40ss99 and p@ss99 and hunter22 and tok-123 for shop at db"))
                .isEqualTo("tried [redacted] and [redacted] and [redacted] and [redacted] for shop at db");
    }

    @Test
    void values_that_overlap() {
        assertThat(redaction("abcdef", "defghi").apply("xx abcdefghi yy")).isEqualTo("xx [redacted] yy");
        assertThat(redaction("abcabc").apply("xx abcabcabc yy")).isEqualTo("xx [redacted] yy");
        assertThat(redaction("shop", "shop-secret").apply("in shop-secret")).isEqualTo("in [redacted]");
    }

    @Test
    void what_is_left_of_a_value_where_the_text_was_cut() {
        // Given
        var redaction = redaction("long-secret-value");
        // Then
        assertThat(redaction.apply("cret-value failed")).isEqualTo("[redacted] failed");
        assertThat(redaction.apply("failed with long-sec")).isEqualTo("failed with [redacted]");
        assertThat(redaction.apply("lue failed"))
                .as("three characters tell nothing")
                .isEqualTo("lue failed");
        assertThat(redaction.apply("see cret-value")).as("not at the beginning").isEqualTo("see cret-value");
        assertThat(redaction.apply("ecret-val")).as("cut at both ends").isEqualTo("ecret-val");
    }

    @Test
    void very_short_values_stay() {
        assertThat(redaction("abc", "yes\n", "", "  ").apply("abc, yes, and  so on: " + base64("abc")))
                .isEqualTo("abc, yes, and  so on: " + base64("abc"));
    }

    @Test
    void passwords_in_urls_even_when_no_secret_is_known() {
        assertThat(Redaction.OF_URLS.apply("tried postgres://shop:hunter2@db:5432/shop and redis://:p@ss@cache/0"))
                .isEqualTo("tried postgres://shop:[redacted]@db:5432/shop and redis://:[redacted]@cache/0");
        assertThat(Redaction.OF_URLS.apply("jdbc:postgresql://db:5432/shop?user=shop&password=hunter2&ssl=true"))
                .isEqualTo("jdbc:postgresql://db:5432/shop?user=shop&password=[redacted]&ssl=true");
    }

    @Test
    void urls_without_a_password_stay() {
        // Given
        var text = "http://db:8080/mail?to=a@b.com https://example.com/@user postgres://shop@db:5432/shop a:b@c";
        // Then
        assertThat(Redaction.OF_URLS.apply(text)).isEqualTo(text);
    }

    @Test
    void a_part_of_the_mark_is_no_secret() {
        // Given
        var redaction = redaction("redacted", "s3cr3t-pw", "acte");
        // Then
        assertThat(redaction.apply("s3cr3t-pw was redacted")).isEqualTo("[redacted] was [redacted]");
        assertThat(redaction.apply("[redacted]")).isEqualTo("[redacted]");
    }

    @Test
    void a_secret_as_large_as_can_be_takes_no_time() {
        // Given
        var file = IntStream.range(0, 60_000)
                .mapToObj(line -> "line-%07d-ab".formatted(line))
                .collect(Collectors.joining("\n"));
        var text = "x line-0000007-ab y ".repeat(800);
        // When
        var started = System.nanoTime();
        var redacted = redaction(file).apply(text);
        var took = Duration.ofNanos(System.nanoTime() - started);
        // Then
        assertThat(redacted).isEqualTo("x [redacted] y ".repeat(800));
        assertThat(took).isLessThan(Duration.ofSeconds(10));
    }

    static Redaction redaction(String... values) {
        return Redaction.of(Arrays.stream(values).map(RedactionTest::base64).toList());
    }

    private static String base64(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }
}
