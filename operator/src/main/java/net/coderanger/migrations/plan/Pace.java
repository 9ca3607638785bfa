package net.coderanger.migrations.plan;

import java.time.Duration;

/** How often to look at what does not come by itself: after a tenth of the time that it has taken already. */
final class Pace {

    private static final int SHARE = 10;

    private Pace() {}

    static Duration of(Duration waited, Duration shortest, Duration longest) {
        var tenth = waited.dividedBy(SHARE);
        if (tenth.compareTo(shortest) < 0) {
            return shortest;
        }
        return tenth.compareTo(longest) > 0 ? longest : tenth;
    }
}
