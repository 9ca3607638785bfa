package net.coderanger.migrations.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which pods are let go now: those that may start, and those whose waiter has not noticed that it may end. */
final class Releases {

    /**
     * How soon a pod is released again whose waiter has not ended. Under load kubelet now and then misses a change of a pod's
     * annotations and would show it to the container a minute later, with its next resync; a further change wakes it.
     */
    private static final Duration ANEW_AFTER = Duration.ofSeconds(2);

    /** A pod whose node does not answer any more is not released anew more often than that. */
    private static final Duration ANEW_AT_LAST = Duration.ofMinutes(1);

    /** Of pods on their way: more would make a node that is merely slow still slower. */
    private static final int ANEW_AT_ONCE = 10;

    private Releases() {}

    static List<Action.Release> of(Situation situation, Instant now) {
        return Stream.concat(situation.waiting().stream().filter(situation::mayStart), anew(situation, now))
                .map(pod -> new Action.Release(pod.pod()))
                .toList();
    }

    /** When to look at the pods again that are on their way; empty if there are none. */
    static Optional<Duration> lookAgainIn(Situation situation, Instant now) {
        return situation.leaving().stream()
                .map(pod -> anewAfter(situation, pod, now))
                .min(Duration::compareTo);
    }

    private static Stream<SeenPod> anew(Situation situation, Instant now) {
        var leaving = situation.leaving();
        var late = leaving.stream()
                .filter(pod ->
                        !pod.releasedAt().plus(anewAfter(situation, pod, now)).isAfter(now))
                .sorted(Comparator.comparing(SeenPod::releasedAt))
                .toList();
        var onTheirWay = leaving.size() - late.size();
        return late.stream().limit(Math.max(0, ANEW_AT_ONCE - onTheirWay));
    }

    /** Less and less often. */
    private static Duration anewAfter(Situation situation, SeenPod pod, Instant now) {
        var since = situation
                .migratedAt(pod)
                .filter(migrated -> migrated.isAfter(pod.created()))
                .orElse(pod.created());
        return Pace.of(Duration.between(since, now), ANEW_AFTER, ANEW_AT_LAST);
    }
}
