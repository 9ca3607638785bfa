package net.coderanger.migrations.output;

/** A text cut to a length. No character is cut in two: half of one could not be written as JSON. */
public final class Excerpt {

    private static final String CUT = "…";

    private Excerpt() {}

    /**
     * The first characters of a text, for where what matters stands in front.
     *
     * @param max longest result, in UTF-16 units
     */
    public static String start(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        var end = max - CUT.length();
        return text.substring(0, splits(text, end) ? end - 1 : end) + CUT;
    }

    /**
     * The last characters of a text, for where what matters stands at the end.
     *
     * @param max longest result, in UTF-16 units
     */
    public static String end(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        var start = text.length() - max + CUT.length();
        return CUT + text.substring(splits(text, start) ? start + 1 : start);
    }

    /**
     * The last whole lines of a text, without blank ones at its end.
     *
     * @param max longest result, in UTF-16 units; of a last line that is longer, the end
     */
    public static String lastLines(String text, int max) {
        var lines = text.stripTrailing();
        if (lines.length() <= max) {
            return lines;
        }
        var end = lines.substring(lines.length() - max);
        return end.substring(end.indexOf('\n') + 1);
    }

    private static boolean splits(String text, int index) {
        return Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
    }
}
