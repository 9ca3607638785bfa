package com.example.shop.story;

import java.util.List;
import java.util.stream.Stream;

/**
 * A line of the story.
 *
 * @param pods of whom it tells, or none
 * @param one what follows when it tells of one pod, or the whole line when it tells of none
 * @param many what follows when it tells of several; lines that agree in it become one
 * @param rest the end of the line; of lines that become one, the first one's
 */
record Line(Tone tone, List<String> pods, String one, String many, String rest) {

    /** What the colour says. */
    enum Tone {
        ACT("\u001b[1m"),
        RUN("\u001b[36m"),
        GOOD("\u001b[32m"),
        BAD("\u001b[31m"),
        WAITING("\u001b[33m"),
        PLAIN("");

        private static final String RESET = "\u001b[0m";
        private final String code;

        Tone(String code) {
            this.code = code;
        }

        String paint(String text) {
            return code.isEmpty() ? text : code + text + RESET;
        }
    }

    static Line of(Tone tone, String text) {
        return new Line(tone, List.of(), text, "", "");
    }

    static Line ofPod(Tone tone, String pod, String one, String many, String rest) {
        return new Line(tone, List.of(pod), one, many, rest);
    }

    boolean agreesWith(Line other) {
        return !many.isEmpty() && many.equals(other.many) && tone == other.tone;
    }

    Line and(Line other) {
        var all = Stream.concat(pods.stream(), other.pods.stream()).toList();
        return new Line(tone, all, one, many, rest);
    }

    String text() {
        return switch (pods.size()) {
            case 0 -> one;
            case 1 -> "pod " + pods.getFirst() + " " + one + rest;
            default -> pods.size() + " pods " + many + rest;
        };
    }
}
