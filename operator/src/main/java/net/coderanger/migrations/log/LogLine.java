package net.coderanger.migrations.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a line tells.
 *
 * @param time when
 * @param level how bad
 * @param logger which class says it, without its package
 * @param message in words
 * @param fields what it is about, in the order in which the code gave it
 * @param error the exception in words, if there is one
 * @param stack its stack trace, if that helps
 */
record LogLine(
        Instant time,
        Level level,
        String logger,
        String message,
        Map<String, String> fields,
        Optional<String> error,
        Optional<String> stack) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * Reads an event of logback.
     *
     * @param allStacks whether to have the stack trace also of an exception that comes from outside of this program
     */
    static LogLine of(ILoggingEvent event, boolean allStacks) {
        var thrown =
                Optional.ofNullable((ThrowableProxy) event.getThrowableProxy()).map(ThrowableProxy::getThrowable);
        var name = event.getLoggerName();
        return new LogLine(
                event.getInstant(),
                event.getLevel(),
                name.substring(name.lastIndexOf('.') + 1),
                String.valueOf(event.getFormattedMessage()),
                fields(event),
                thrown.map(Trouble::words),
                thrown.filter(error -> allStacks || !Trouble.comesFromOutside(error))
                        .map(Trouble::stackTrace));
    }

    /** The time in RFC 3339, always of the same length. */
    String timestamp() {
        return TIME.format(time);
    }

    private static Map<String, String> fields(ILoggingEvent event) {
        var fields = new LinkedHashMap<String, String>();
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().stream()
                    .filter(pair -> pair.value != null)
                    .forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
        }
        // what JOSDK keeps with the thread of a pass: so the lines of libraries tell the Migrator, too
        var context = event.getMDCPropertyMap();
        if (!fields.containsKey(MigratorFields.MIGRATOR) && context.containsKey("resource.name")) {
            fields.put(MigratorFields.NAMESPACE, context.get("resource.namespace"));
            fields.put(MigratorFields.MIGRATOR, context.get("resource.name"));
        }
        return fields;
    }
}
