package net.coderanger.migrations.output;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Takes the values of Secrets out of a text, whatever they are part of; and, known or not, passwords in URLs. A text may have lost
 * its beginning or its end, and with it a part of a value: the other part goes, too, if it has at least four characters.
 *
 * <p>Not found are values that a tool has changed otherwise (hashed, encrypted, in pieces), and those below four characters.
 */
public final class Redaction implements UnaryOperator<String> {

    /** What stands in place of a value. */
    public static final String MARK = "[redacted]";

    /** For texts that have nothing to do with a Secret that could be looked up. */
    public static final Redaction OF_URLS = of(List.of());

    /** A password begins after the user's colon, and not like a port does; it may itself contain an at sign. */
    private static final Pattern URL_PASSWORD = Pattern.compile(
            "://[^\\s:/?#@\"'<>]{0,512}:(?!\\d{1,5}[/?#])([^\\s\"'<>]{1,2048})@|[?&;](?:password|passwd|pwd)=([^\\s\"'<>&;]+)",
            Pattern.CASE_INSENSITIVE);

    /** A place that is taken out may bring together what stood on both its sides, but hardly ever twice. */
    private static final int MAX_ROUNDS = 5;

    private final Set<String> forms;

    private Redaction(Set<String> forms) {
        this.forms = forms;
    }

    /**
     * Redaction of values.
     *
     * @param base64Values the values as they stand in their Secrets
     */
    public static Redaction of(Collection<String> base64Values) {
        var forms = new HashSet<String>();
        base64Values.forEach(value -> SecretForms.of(value).forEach(form -> forms.add(View.toBytes(form))));
        return new Redaction(forms);
    }

    /** The text without colours and other control characters, and without the values. */
    @Override
    public String apply(String raw) {
        var text = View.toBytes(PlainText.of(raw));
        for (var round = 0; round < MAX_ROUNDS; round++) {
            var covered = covered(text);
            if (covered.isEmpty()) {
                break;
            }
            text = replaced(text, covered);
        }
        return View.fromBytes(text);
    }

    private BitSet covered(String text) {
        var marks = marks(text);
        var covered = new BitSet(text.length());
        for (var view : View.of(text)) {
            var pieces = pieces(view.text());
            for (var form : forms) {
                if (pieces.contains(form.substring(0, SecretForms.MIN_LENGTH))) {
                    occurrences(view, form, marks, covered);
                }
                cutOff(view, form, marks, covered);
            }
        }
        URL_PASSWORD.matcher(text).results().forEach(found -> {
            var group = found.group(1) == null ? 2 : 1;
            cover(found.start(group), found.end(group), marks, covered);
        });
        // a mark is never cut
        for (var at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + MARK.length())) {
            if (!covered.get(at, at + MARK.length()).isEmpty()) {
                covered.set(at, at + MARK.length());
            }
        }
        return covered;
    }

    private static void occurrences(View view, String form, BitSet marks, BitSet covered) {
        for (var at = view.text().indexOf(form); at >= 0; at = view.text().indexOf(form, at + 1)) {
            cover(view.place(at), view.place(at + form.length()), marks, covered);
        }
    }

    /** The end of a value where the text begins, and the beginning of one where it ends. */
    private static void cutOff(View view, String form, BitSet marks, BitSet covered) {
        var text = view.text();
        if (text.length() < SecretForms.MIN_LENGTH) {
            return;
        }
        var first = text.substring(0, SecretForms.MIN_LENGTH);
        var from = Math.max(1, form.length() - text.length());
        for (var at = form.indexOf(first, from); at >= 0; at = form.indexOf(first, at + 1)) {
            if (text.regionMatches(0, form, at, form.length() - at)) {
                cover(0, view.place(form.length() - at), marks, covered);
            }
        }
        var last = text.substring(text.length() - SecretForms.MIN_LENGTH);
        var until = text.length() - SecretForms.MIN_LENGTH;
        for (var at = form.indexOf(last); at >= 0 && at <= until; at = form.indexOf(last, at + 1)) {
            var length = at + SecretForms.MIN_LENGTH;
            if (text.regionMatches(text.length() - length, form, 0, length)) {
                cover(view.place(text.length() - length), view.place(text.length()), marks, covered);
            }
        }
    }

    /** What stands within a mark is none of the text. */
    private static void cover(int from, int to, BitSet marks, BitSet covered) {
        if (marks.nextClearBit(from) < to) {
            covered.set(from, to);
        }
    }

    private static BitSet marks(String text) {
        var marks = new BitSet(text.length());
        for (var at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + MARK.length())) {
            marks.set(at, at + MARK.length());
        }
        return marks;
    }

    /** All that a value could begin with: a Secret may hold a file of many thousand lines, of which few are in the text. */
    private static Set<String> pieces(String text) {
        var pieces = new HashSet<String>();
        for (var end = SecretForms.MIN_LENGTH; end <= text.length(); end++) {
            pieces.add(text.substring(end - SecretForms.MIN_LENGTH, end));
        }
        return pieces;
    }

    private static String replaced(String text, BitSet covered) {
        var result = new StringBuilder(text.length());
        var from = 0;
        for (var start = covered.nextSetBit(0); start >= 0; start = covered.nextSetBit(from)) {
            result.append(text, from, start).append(MARK);
            from = covered.nextClearBit(start);
        }
        return result.append(text, from, text.length()).toString();
    }
}
