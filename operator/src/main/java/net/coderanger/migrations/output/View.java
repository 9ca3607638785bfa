package net.coderanger.migrations.output;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A text without the escapes of URLs or of JSON, and where each part of it stands in the text itself. So a value is found however
 * it was escaped: which characters are escaped differs from one encoder to the next.
 *
 * <p>Texts are their UTF-8 bytes here, each byte as one char, for escapes in URLs stand for bytes.
 */
final class View {

    private static final Pattern NO_ESCAPE = Pattern.compile("(?!)");
    private static final Pattern IN_URL = Pattern.compile("%[0-9a-fA-F]{2}");
    private static final Pattern IN_FORM = Pattern.compile("%[0-9a-fA-F]{2}|\\+");
    private static final Pattern IN_JSON = Pattern.compile(
            "\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\\\u[0-9a-fA-F]{4}|\\\\[\"'\\\\/bfnrt]");
    private static final int UNICODE_ESCAPE = 6;

    private final String text;
    private final int[] places;

    private View(String text, int[] places) {
        this.text = text;
        this.places = places;
    }

    /** All views of a text, given as bytes. */
    static List<View> of(String bytes) {
        return List.of(
                unescaped(bytes, NO_ESCAPE, escape -> escape),
                unescaped(bytes, IN_URL, View::urlByte),
                unescaped(bytes, IN_FORM, View::urlByte),
                unescaped(bytes, IN_JSON, View::jsonBytes));
    }

    /** The unescaped text. */
    String text() {
        return text;
    }

    /** Where the char at an index begins in the text that this was made from; where that ends, for the index after the last. */
    int place(int index) {
        return places[index];
    }

    /** A text as its UTF-8 bytes, each as one char. */
    static String toBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The text that has these bytes. */
    static String fromBytes(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** A part of a URL without its escapes. */
    static String urlDecoded(String text) {
        return fromBytes(unescaped(toBytes(text), IN_URL, View::urlByte).text);
    }

    private static View unescaped(String bytes, Pattern escape, UnaryOperator<String> meaning) {
        var text = new StringBuilder(bytes.length());
        var places = new int[bytes.length() + 1];
        var from = 0;
        for (var found : escape.matcher(bytes).results().toList()) {
            append(text, places, bytes.substring(from, found.start()), from, 1);
            append(text, places, meaning.apply(found.group()), found.start(), 0);
            from = found.end();
        }
        append(text, places, bytes.substring(from), from, 1);
        places[text.length()] = bytes.length();
        return new View(text.toString(), Arrays.copyOf(places, text.length() + 1));
    }

    private static void append(StringBuilder text, int[] places, String part, int place, int step) {
        for (var index = 0; index < part.length(); index++) {
            places[text.length()] = place + index * step;
            text.append(part.charAt(index));
        }
    }

    private static String urlByte(String escape) {
        return escape.equals("+") ? " " : String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
    }

    private static String jsonBytes(String escape) {
        return switch (escape.charAt(1)) {
            case 'u' -> {
                var chars = new StringBuilder();
                for (var at = 0; at < escape.length(); at += UNICODE_ESCAPE) {
                    chars.append((char) Integer.parseInt(escape.substring(at + 2, at + UNICODE_ESCAPE), 16));
                }
                yield toBytes(chars.toString());
            }
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            default -> escape.substring(1);
        };
    }
}
