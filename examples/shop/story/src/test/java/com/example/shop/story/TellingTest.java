package com.example.shop.story;

import static com.example.shop.story.Seen.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.shop.story.Line.Tone;
import java.util.List;
import org.junit.jupiter.api.Test;

class TellingTest {

    private final Telling telling = new Telling();

    @Test
    void what_pods_do_together_becomes_one_line_at_the_time_of_the_first() {
        telling.add(at(1), serves("a"));
        telling.add(at(1.1), Line.of(Tone.PLAIN, "something else"));
        telling.add(at(1.2), serves("b"));
        telling.add(at(1.3), serves("c"));

        assertThat(due(1.4)).isEmpty();
        assertThat(due(2)).containsExactly("3 pods serve shop:v1", "something else");
        assertThat(due(9)).isEmpty();
    }

    @Test
    void what_comes_later_is_a_line_of_its_own() {
        telling.add(at(1), serves("a"));
        assertThat(due(2)).containsExactly("pod a serves shop:v1");
        telling.add(at(2), serves("b"));

        assertThat(due(3)).containsExactly("pod b serves shop:v1");
    }

    @Test
    void different_deeds_stay_apart() {
        telling.add(at(1), serves("a"));
        telling.add(at(1), Line.ofPod(Tone.GOOD, "b", "serves shop:v2", "serve shop:v2", ""));

        assertThat(due(2)).containsExactly("pod a serves shop:v1", "pod b serves shop:v2");
    }

    private static Line serves(String pod) {
        return Line.ofPod(Tone.GOOD, pod, "serves shop:v1", "serve shop:v1", "");
    }

    private List<String> due(double seconds) {
        return telling.due(at(seconds)).stream().map(told -> told.line().text()).toList();
    }
}
