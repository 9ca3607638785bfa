package net.coderanger.migrations.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells trouble that lasts from trouble that passes. It is to be asked regularly, as kubelet does. */
public final class LastingTrouble {

    private final Clock clock;
    private final Duration grace;
    private final Map<String, Instant> since = new HashMap<>();
    private Instant asked = Instant.EPOCH;

    /**
     * Nothing is in trouble yet.
     *
     * @param grace how long trouble may last before it counts; a longer time without a question is not held against anybody
     */
    public LastingTrouble(Clock clock, Duration grace) {
        this.clock = clock;
        this.grace = grace;
    }

    /** Those of the troubles of this moment that were there each time since the grace began, sorted. */
    public synchronized List<String> of(Set<String> troubles) {
        var now = clock.instant();
        if (Duration.between(asked, now).compareTo(grace) > 0) {
            since.clear();
        }
        asked = now;
        since.keySet().retainAll(troubles);
        troubles.forEach(trouble -> since.putIfAbsent(trouble, now));
        return since.entrySet().stream()
                .filter(trouble -> Duration.between(trouble.getValue(), now).compareTo(grace) >= 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
