package net.coderanger.migrations.output;

import java.util.regex.Pattern;

/** Output as it reads without a terminal: no colours, no cursor movements, no control characters but tabs and line ends. */
final class PlainText {

    /** Control sequences of terminals: CSI (colours, cursor) and OSC (titles, links). */
    private static final Pattern SEQUENCE =
            Pattern.compile("\\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\))");

    private static final Pattern LINE_END = Pattern.compile("\\r\\n?");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\t\\n]]");

    private PlainText() {}

    static String of(String raw) {
        var withoutSequences = SEQUENCE.matcher(raw).replaceAll("");
        return CONTROL.matcher(LINE_END.matcher(withoutSequences).replaceAll("\n"))
                .replaceAll("");
    }
}
