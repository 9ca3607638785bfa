package net.coderanger.migrations.output;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** In which forms a value of a Secret may turn up in a text. */
final class SecretForms {

    /** Shorter values are left alone: they would take every other word out of a text. */
    static final int MIN_LENGTH = 4;

    /** Shorter lines of a value are left alone, when they stand alone: a PEM file, or a file of settings, has harmless ones. */
    static final int MIN_LINE_LENGTH = 8;

    /**
     * The password in a connection string, which tools print apart from it: in a URL, or as {@code password=…}. With limits, for a
     * Secret may hold a megabyte of whatever somebody likes.
     */
    private static final Pattern PASSWORD_WITHIN = Pattern.compile(
            "://[^\\s:/?#@]{0,512}:([^\\s\"'<>]{1,2048})@"
                    + "|(?:password|passwd|pwd|secret|token)[\"']?\\s*[=:]\\s*[\"']?([^\\s\"'&;,]+)",
            Pattern.CASE_INSENSITIVE);

    private SecretForms() {}

    /**
     * The forms of a value. How it is escaped in URLs and JSON is not among them: {@link View} takes that off the text.
     *
     * @param base64 the value as it stands in the Secret
     */
    static Set<String> of(String base64) {
        var forms = new HashSet<String>();
        var bytes = Base64.getDecoder().decode(base64);
        text(bytes).ifPresentOrElse(text -> addText(forms, bytes, text), () -> addBase64(forms, bytes));
        forms.removeIf(form -> form.length() < MIN_LENGTH);
        return forms;
    }

    private static void addText(Set<String> forms, byte[] bytes, String text) {
        var value = PlainText.of(text).strip();
        if (value.length() < MIN_LENGTH) {
            return;
        }
        forms.add(value);
        addBase64(forms, bytes);
        addBase64(forms, text.strip().getBytes(StandardCharsets.UTF_8));
        if (value.contains("\n")) {
            value.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= MIN_LINE_LENGTH)
                    .forEach(forms::add);
        }
        PASSWORD_WITHIN.matcher(value).results().forEach(found -> {
            var password = found.group(1) == null ? found.group(2) : found.group(1);
            forms.add(password);
            forms.add(View.urlDecoded(password));
        });
    }

    private static void addBase64(Set<String> forms, byte[] bytes) {
        for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
            forms.add(encoder.encodeToString(bytes));
            forms.add(encoder.withoutPadding().encodeToString(bytes));
        }
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
