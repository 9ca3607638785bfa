package net.coderanger.migrations.config;

import java.util.Map;
import java.util.Optional;

/**
 * One environment variable: its name, which values it may have, its default and its meaning. An empty variable counts as not
 * set, because that is how charts and shells write "nothing".
 *
 * @param <T> what the value is parsed to
 */
public final class Setting<T> {

    /** What happens when the variable is not set. */
    private enum Absent {
        DEFAULT,
        ERROR,
        NOTHING
    }

    private final String name;
    private final Legal<T> legal;
    private final Absent absent;
    private final String byDefault;
    private final String meaning;

    private Setting(String name, Legal<T> legal, Absent absent, String byDefault, String meaning) {
        this.name = name;
        this.legal = legal;
        this.absent = absent;
        this.byDefault = byDefault;
        this.meaning = meaning;
    }

    static <T> Setting<T> of(String name, Legal<T> legal, String byDefault, String meaning) {
        return new Setting<>(name, legal, Absent.DEFAULT, byDefault, meaning);
    }

    static <T> Setting<T> required(String name, Legal<T> legal, String meaning) {
        return new Setting<>(name, legal, Absent.ERROR, "", meaning);
    }

    static <T> Setting<T> optional(String name, Legal<T> legal, String meaning) {
        return new Setting<>(name, legal, Absent.NOTHING, "", meaning);
    }

    public String name() {
        return name;
    }

    /**
     * The value of a variable that is required or has a default.
     *
     * @throws IllegalArgumentException if it is missing or not legal; the message names it, its value and the legal values
     */
    T in(Map<String, String> environment) {
        return ifAny(environment)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is not set. It must be " + legal.values() + ": " + meaning));
    }

    /**
     * The value of a variable that need not be set.
     *
     * @throws IllegalArgumentException if it is set and not legal
     */
    Optional<T> ifAny(Map<String, String> environment) {
        var text = environment.getOrDefault(name, "").strip();
        if (text.isEmpty()) {
            return absent == Absent.DEFAULT ? Optional.of(parse(byDefault)) : Optional.empty();
        }
        return Optional.of(parse(text));
    }

    private T parse(String text) {
        return legal.parse()
                .apply(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is \"" + text + "\". It must be " + legal.values() + ": " + meaning));
    }

    /** This setting's row in the table of the reference: variable, default, values, meaning. */
    String row() {
        var shown = switch (absent) {
            case DEFAULT -> "`" + byDefault + "`";
            case ERROR -> "required";
            case NOTHING -> "not set";
        };
        return "| `" + name + "` | " + shown + " | " + legal.values() + " | " + meaning + " |";
    }
}
