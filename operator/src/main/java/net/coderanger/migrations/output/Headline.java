package net.coderanger.migrations.output;

import java.util.regex.Pattern;

/**
 * The one line of a failed tool's output that says why. Lists of events, and Argo CD, show some 200 characters: there the cause has
 * to stand, not the remarks, stack frames and carets that tools print after it.
 */
public final class Headline {

    /** Longest headline, in characters. */
    static final int MAX = 240;

    /** How tools and databases begin to say why: {@code ERROR: …}, {@code SomeError: …}, {@code Reason: …}, {@code SQLSTATE[…}. */
    private static final Pattern SAYS_WHY = Pattern.compile(
            "(?:error|exception|fatal|panic): *\\S"
                    + "|^\\W*(?:error|fatal|panic)\\b\\W*\\w"
                    + "|^\\s*(?:message|reason)\\s*:\\s*\\S"
                    + "|\\bsqlstate\\[|\\bora-\\d{5}:",
            Pattern.CASE_INSENSITIVE);

    private Headline() {}

    /** The last line that says why; if none does, the last line at all; empty if there is no output. */
    public static String of(String output) {
        var lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        var headline = lines.reversed().stream()
                .filter(line -> SAYS_WHY.matcher(line).find())
                .findFirst()
                .orElseGet(() -> lines.isEmpty() ? "" : lines.getLast());
        return Excerpt.start(headline, MAX);
    }
}
