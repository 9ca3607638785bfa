package net.coderanger.migrations.log;

/** How a line is written. */
public enum LogFormat {
    /** One JSON object per line, for programs. */
    json {
        @Override
        String write(LogLine line) {
            return JsonLine.of(line);
        }
    },
    /** For people. */
    text {
        @Override
        String write(LogLine line) {
            return TextLine.of(line);
        }
    };

    /** The line as text, ended by a newline. */
    abstract String write(LogLine line);
}
