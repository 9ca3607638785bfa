package net.coderanger.migrations.log;

import java.util.regex.Pattern;

/** A line for people: time, level, message, what it is about; a stack trace on lines of its own. */
final class TextLine {

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private TextLine() {}

    static String of(LogLine line) {
        var text = new StringBuilder()
                .append(line.timestamp())
                .append(' ')
                .append(line.level())
                .append(' ')
                .append(line.logger())
                .append(": ")
                .append(line.message());
        line.error().ifPresent(error -> text.append(": ").append(error));
        line.fields()
                .forEach((name, value) ->
                        text.append("  ").append(name).append('=').append(value));
        // nothing that somebody else has put in may look like a line of its own, or move the cursor
        var oneLine = CONTROL.matcher(text).replaceAll(" ");
        return oneLine + "\n" + line.stack().orElse("");
    }
}
