package net.coderanger.migrations.log;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What is tried again every second fails every second, too, while the API server is away. Once a minute says as much. */
final class RepeatedTrouble {

    private static final Duration QUIET = Duration.ofMinutes(1);

    private record Trouble(String logger, String message, Map<String, String> fields, String error) {}

    private final Map<Trouble, Instant> told = new HashMap<>();

    /** Whether the same was told less than a minute ago. Only lines with an exception count: anything else happens once. */
    synchronized boolean has(LogLine line) {
        told.values().removeIf(then -> then.plus(QUIET).isBefore(line.time()));
        return line.error()
                .map(error -> new Trouble(line.logger(), line.message(), line.fields(), error))
                .filter(trouble -> told.putIfAbsent(trouble, line.time()) != null)
                .isPresent();
    }
}
