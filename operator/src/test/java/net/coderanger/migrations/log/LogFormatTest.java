package net.coderanger.migrations.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What does a line look like? */
class LogFormatTest {

    /** One of its own for each test: they run side by side. */
    private final Logger logger = LoggerFactory.getLogger("net.example." + UUID.randomUUID());

    private final Captured json = new Captured(logger.getName());
    private final Captured text = new Captured(logger.getName(), LogFormat.text, false);
    private final Captured debug = new Captured(logger.getName(), LogFormat.json, true);

    @AfterEach
    void close() {
        json.close();
        text.close();
        debug.close();
    }

    @Test
    void a_line_is_one_json_object_without_nesting() {
        // When
        logger.atWarn()
                .addKeyValue("migrator", "web")
                .addKeyValue("attempt", 3)
                .addKeyValue("step", (Object) null)
                .log("Tried again");
        // Then
        assertThat(json.text()).endsWith("}\n").hasLineCount(1);
        var line = json.lines().getFirst();
        assertThat(line.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("time", "level", "logger", "message", "migrator", "attempt");
        assertThat(line.properties()).extracting(Map.Entry::getValue).allMatch(JsonNode::isTextual);
        assertThat(line.path("level").textValue()).isEqualTo("WARN");
        assertThat(line.path("migrator").textValue()).isEqualTo("web");
        assertThat(line.path("attempt").textValue()).isEqualTo("3");
        assertThat(line.path("message").textValue()).isEqualTo("Tried again");
        assertThat(line.path("time").textValue()).hasSize("2026-01-01T00:00:00.000Z".length());
        assertThat(Instant.parse(line.path("time").textValue())).isAfter("2026-01-01T00:00:00Z");
    }

    @Test
    void whatever_stands_in_a_message_a_line_stays_one_line() {
        // Given
        var message = "ERROR: \"x\"\r\n\tat {} \u2028 \u0000 ünï ✓ \ud83d\ude00 \\";
        // When
        logger.atInfo().addKeyValue("run", "a\nb").log(message, 7);
        // Then
        assertThat(json.text().chars().filter(character -> character == '\n')).hasSize(1);
        assertThat(text.text()).endsWith("run=a b\n").doesNotContainPattern("\\p{Cntrl}.");
        assertThat(json.lines().getFirst().path("message").textValue()).isEqualTo(message.replace("{}", "7"));
        assertThat(json.lines().getFirst().path("run").textValue()).isEqualTo("a\nb");
    }

    @Test
    void a_mistake_in_the_program_shows_where_it_is() {
        // When
        logger.atError()
                .setCause(new KubernetesClientException("outer", new IllegalArgumentException("inner")))
                .log("No");
        // Then
        assertThat(json.text()).hasLineCount(1);
        var line = json.lines().getFirst();
        assertThat(line.path("error").textValue())
                .isEqualTo("KubernetesClientException outer: IllegalArgumentException inner");
        assertThat(line.path("stack").textValue())
                .startsWith("io.fabric8.kubernetes.client.KubernetesClientException: outer")
                .contains("a_mistake_in_the_program_shows_where_it_is", "Caused by: ");
    }

    @Test
    void what_comes_from_outside_is_told_in_words() {
        // Given
        var refused = new StatusBuilder()
                .withCode(403)
                .withMessage("pods is forbidden")
                .build();
        // When
        logger.atWarn()
                .setCause(new KubernetesClientException("much text", 403, refused))
                .log("a");
        logger.atWarn().setCause(new ExecutionException(new TimeoutException())).log("b");
        logger.atWarn()
                .setCause(new KubernetesClientException("An error has occurred.", new IOException("refused")))
                .log("c");
        // Then
        assertThat(json.lines())
                .extracting(line -> line.path("error").textValue())
                .containsExactly(
                        "403 pods is forbidden",
                        "ExecutionException: TimeoutException",
                        "KubernetesClientException An error has occurred.: IOException refused");
        assertThat(json.lines()).noneMatch(line -> line.has("stack"));
        assertThat(text.text()).hasLineCount(3).contains(": a: 403 pods is forbidden\n");
        assertThat(debug.lines()).hasSize(3).allMatch(line -> line.has("stack"));
    }

    @Test
    void the_same_trouble_is_told_once_a_minute_and_everything_else_each_time() {
        // When
        for (var migrator : new String[] {"web", "web", "blog"}) {
            logger.atWarn()
                    .addKeyValue("migrator", migrator)
                    .setCause(new IOException("refused"))
                    .log("Failed");
            logger.atInfo().log("Started");
        }
        // Then
        assertThat(json.lines())
                .extracting(line -> line.path("message").textValue())
                .containsExactly("Failed", "Started", "Started", "Failed", "Started");
    }

    @Test
    void a_field_cannot_pass_for_another() {
        // When
        logger.atInfo()
                .addKeyValue("level", "ERROR")
                .addKeyValue("message", "forged")
                .log("true");
        // Then
        var line = json.lines().getFirst();
        assertThat(line.path("level").textValue()).isEqualTo("INFO");
        assertThat(line.path("message").textValue()).isEqualTo("true");
        assertThat(line.path("level_").textValue()).isEqualTo("ERROR");
    }

    @Test
    void a_library_that_speaks_during_a_pass_tells_its_migrator() {
        // Given
        MDC.put("resource.name", "web");
        MDC.put("resource.namespace", "shop");
        // When
        logger.info("Trouble");
        logger.atInfo()
                .addKeyValue("namespace", "press")
                .addKeyValue("migrator", "blog")
                .log("Said by the code");
        MDC.remove("resource.name");
        MDC.remove("resource.namespace");
        logger.info("Afterwards");
        // Then
        assertThat(json.lines())
                .extracting(line -> line.path("namespace").textValue() + "/"
                        + line.path("migrator").textValue())
                .containsExactly("shop/web", "press/blog", "null/null");
    }

    @Test
    void for_people_it_is_text() {
        // When
        logger.atWarn()
                .addKeyValue("migrator", "web")
                .setCause(new IllegalStateException("why"))
                .log("Tried again");
        // Then
        assertThat(text.text().lines().findFirst().orElseThrow())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z WARN [0-9a-f-]+: "
                        + "Tried again: IllegalStateException why  migrator=web");
        assertThat(text.text()).contains("java.lang.IllegalStateException: why", "\tat ");
    }
}
