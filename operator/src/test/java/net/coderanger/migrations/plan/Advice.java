package net.coderanger.migrations.plan;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.coderanger.migrations.api.ControlAnnotation;

/** A command that a message tells people to run. */
record Advice(ControlAnnotation what, String value) {

    private static final Pattern COMMAND = Pattern.compile("migrations\\.coderanger\\.net/([a-z-]+)='([^']*)'");

    /** The first one. */
    static Optional<Advice> in(String message) {
        return COMMAND.matcher(message)
                .results()
                .findFirst()
                .map(command -> new Advice(
                        Stream.of(ControlAnnotation.values())
                                .filter(what -> what.verb().equals(command.group(1)))
                                .findFirst()
                                .orElseThrow(),
                        command.group(2)));
    }
}
