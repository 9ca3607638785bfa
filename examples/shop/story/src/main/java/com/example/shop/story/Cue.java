package com.example.shop.story;

/**
 * What the demo itself says or does.
 *
 * @param text what is told; of a COUNT, what goes before the number
 */
record Cue(Kind kind, String text) implements Sighting {

    enum Kind {
        /** Opens a part of the story. */
        ACT,
        /** A command that is run. */
        RUN,
        NOTE,
        /** Tells how many visits there were. */
        COUNT,
        /** Is not told; only its moment is remembered. */
        MARK
    }

    static Cue parse(String line) {
        var space = line.indexOf(' ');
        return new Cue(Kind.valueOf(line.substring(0, space)), line.substring(space + 1));
    }
}
