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

    /** Of pods on their way: more would make a node that is merely slow still slower. */
    private static final int ANEW_AT_ONCE = 10;

    private Releases() {}

    static List<Action> of(Situation situation, Instant now) {
        return Stream.concat(situation.waiting().stream().filter(situation::mayStart), anew(situation.leaving(), now))
                .map(pod -> (Action) new Action.Release(pod.pod()))
                .toList();
    }

    /** When to look at the pods again that are on their way; empty if there are none. */
    static Optional<Duration> lookAgainIn(Situation situation) {
        return situation.leaving().isEmpty() ? Optional.empty() : Optional.of(ANEW_AFTER);
    }

    private static Stream<SeenPod> anew(List<SeenPod> leaving, Instant now) {
        var late = leaving.stream()
                .filter(pod -> !pod.releasedAt().plus(ANEW_AFTER).isAfter(now))
                .sorted(Comparator.comparing(SeenPod::releasedAt))
                .toList();
        var onTheirWay = leaving.size() - late.size();
        return late.stream().limit(Math.max(0, ANEW_AT_ONCE - onTheirWay));
    }
}
