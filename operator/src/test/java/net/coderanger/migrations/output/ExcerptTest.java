package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How is a text cut? */
class ExcerptTest {

    @Test
    void a_short_text_stays_whole() {
        assertThat(Excerpt.start("0123456789", 10)).isEqualTo("0123456789");
        assertThat(Excerpt.end("0123456789", 10)).isEqualTo("0123456789");
    }

    @Test
    void a_long_text_keeps_its_start_or_its_end() {
        assertThat(Excerpt.start("0123456789", 5)).isEqualTo("0123…");
        assertThat(Excerpt.end("0123456789", 5)).isEqualTo("…6789");
    }

    @Test
    void no_character_is_cut_in_two() {
        assertThat(Excerpt.start("ab😀cd", 4)).isEqualTo("ab…");
        assertThat(Excerpt.end("ab😀cd", 4)).isEqualTo("…cd");
        assertThat(Excerpt.start("ab😀cd", 5)).isEqualTo("ab😀…");
        assertThat(Excerpt.end("ab😀cd", 5)).isEqualTo("…😀cd");
    }

    @Test
    void of_a_log_whole_lines_are_kept() {
        assertThat(Excerpt.lastLines("one\ntwo\nthree\n\n", 100)).isEqualTo("one\ntwo\nthree");
        assertThat(Excerpt.lastLines("one\ntwo\nthree\n\n", 10)).isEqualTo("two\nthree");
        assertThat(Excerpt.lastLines("one\ntwo\nthree\n\n", 9)).isEqualTo("three");
        assertThat(Excerpt.lastLines("one\n0123456789\n", 5)).isEqualTo("56789");
        assertThat(Excerpt.lastLines("\n \n", 2)).isEmpty();
    }
}
