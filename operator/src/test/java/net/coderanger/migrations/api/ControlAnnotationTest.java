package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlAnnotationTest {

    @Test
    void keys_are_part_of_the_contract() {
        assertThat(Arrays.stream(ControlAnnotation.values()).map(ControlAnnotation::key))
                .containsExactly(
                        "migrations.coderanger.net/approve",
                        "migrations.coderanger.net/reject",
                        "migrations.coderanger.net/retry",
                        "migrations.coderanger.net/run",
                        "migrations.coderanger.net/cancel",
                        "migrations.coderanger.net/baseline",
                        "migrations.coderanger.net/suspend-run",
                        "migrations.coderanger.net/resume-run");
        assertThat(ControlAnnotation.SuspendRun.stamp()).isEqualTo("migrations.coderanger.net/suspend-run-by");
    }

    @Test
    void a_decision_takes_its_own_right_and_everything_else_that_of_changing_the_spec() {
        assertThat(Arrays.stream(ControlAnnotation.values()).filter(annotation -> annotation.right() == Right.Approve))
                .containsExactly(ControlAnnotation.Approve, ControlAnnotation.Reject);
    }

    @ParameterizedTest
    @CsvSource({"shop:v2,shop:v2", "shop:v2 looks good,shop:v2", "'shop:v2 ',shop:v2"})
    void the_first_word_is_the_revision(String value, String revision) {
        assertThat(ControlAnnotation.Approve.revision(value)).contains(revision);
        assertThat(ControlAnnotation.Baseline.revision(value)).contains(revision);
        assertThat(ControlAnnotation.Retry.revision(value)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nobody_asks_with_nothing(ControlAnnotation annotation) {
        assertThat(annotation.invalid(""))
                .hasValueSatisfying(why -> assertThat(why).startsWith("must not be empty"));
        assertThat(annotation.invalid(" ")).isPresent();
        assertThat(annotation.revision("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\tb", "a\u0000", "\u009b31m"})
    void control_characters_do_not_get_into_a_message(String value) {
        assertThat(ControlAnnotation.Approve.invalid(value))
                .contains("must not contain control characters or line breaks");
        assertThat(ControlAnnotation.Cancel.invalid(value))
                .contains("must not contain control characters or line breaks");
    }

    @Test
    void the_longest_values() {
        assertThat(ControlAnnotation.Retry.invalid("😀".repeat(256))).isEmpty();
        assertThat(ControlAnnotation.Retry.invalid("x".repeat(257))).contains("must have at most 256 characters");
        assertThat(ControlAnnotation.Approve.invalid("x".repeat(1024))).isEmpty();
        assertThat(ControlAnnotation.Approve.invalid("x".repeat(1025))).contains("must have at most 1024 characters");
    }

    @Test
    void a_value_that_names_a_revision_begins_with_it() {
        assertThat(ControlAnnotation.Approve.invalid(" looks good"))
                .contains("must begin with the revision: it is the revision, and if wanted a space and a few words");
        assertThat(ControlAnnotation.Retry.invalid(" looks good")).isEmpty();
    }
}
