package com.example.shop.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void values_of_every_kind_are_read() {
        var json = Json.parse("""
                { "text": "a \\"b\\" \\\\ \\u00e9\\n", "number": -1.5e3, "yes": true, "none": null,
                  "list": [1, {"x": []}, "y"], "empty": {}, "time": "2026-11-21T08:00:00Z" }
                """);

        assertThat(json.at("text").text()).isEqualTo("a \"b\" \\ é\n");
        assertThat(json.at("number").text()).isEqualTo("-1.5e3");
        assertThat(json.at("yes").text()).isEqualTo("true");
        assertThat(json.at("list").items()).hasSize(3);
        assertThat(json.at("list").items().get(2).text()).isEqualTo("y");
        assertThat(json.at("time").time()).contains(Instant.parse("2026-11-21T08:00:00Z"));
    }

    @Test
    void what_is_not_there_is_empty() {
        var json = Json.parse("{\"none\": null, \"text\": \"x\"}");

        assertThat(json.at("none").isPresent()).isFalse();
        assertThat(json.at("no", "such", "path").text()).isEmpty();
        assertThat(json.at("text", "below").items()).isEmpty();
        assertThat(json.at("text").items()).isEmpty();
        assertThat(json.at("nothing").time()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\"", "{\"a\":}", "[1,", "{} {}", "{\"a\" 1}"})
    void text_that_is_not_a_value_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
