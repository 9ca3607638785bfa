package net.coderanger.migrations.plan;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as Kubernetes writes them: RFC 3339, UTC, whole seconds. */
final class Timestamps {

    private Timestamps() {}

    static String of(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
