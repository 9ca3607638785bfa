package net.coderanger.migrations.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Reason;

/**
 * Rollouts that Kubernetes is about to call failed although their pods only wait for their migration. Argo CD and Helm's {@code --wait}
 * believe it.
 */
final class RolloutDeadlines {

    /** Of the deadline, in percent: with the default of ten minutes this leaves two in which to do something. */
    private static final int WARNED_AT = 80;

    private record Threatened(Candidate candidate, Duration deadline, Instant since) {

        Instant warnedAt() {
            return since.plus(deadline.multipliedBy(WARNED_AT).dividedBy(100));
        }

        Instant struck() {
            return since.plus(deadline);
        }

        Action.FollowUp warning() {
            var workload = candidate.workload();
            return new Action.Announce(
                    Reason.ProgressDeadlineNear,
                    true,
                    workload.uid() + "/" + candidate.desired(),
                    "%s's pods wait for the migration to %s since %s; at %s its progressDeadlineSeconds (%d) are over, and it is reported as failed until the migration is done. Raise spec.progressDeadlineSeconds of %s above the time that its longest migration takes"
                            .formatted(
                                    workload.ref(),
                                    candidate.desired(),
                                    Timestamps.of(since),
                                    Timestamps.of(struck()),
                                    deadline.toSeconds(),
                                    workload.ref()));
        }
    }

    private RolloutDeadlines() {}

    /** One event for each rollout whose deadline is near; posting it again changes nothing. */
    static List<Action.FollowUp> warnings(Situation situation, Instant now) {
        return threatened(situation)
                .filter(any -> !any.warnedAt().isAfter(now) && any.struck().isAfter(now))
                .map(Threatened::warning)
                .toList();
    }

    /** When the next of them comes near; empty if none does. */
    static Optional<Duration> lookAgainIn(Situation situation, Instant now) {
        return threatened(situation)
                .map(Threatened::warnedAt)
                .filter(moment -> moment.isAfter(now))
                .map(moment -> Duration.between(now, moment))
                .min(Duration::compareTo);
    }

    /** A rollout makes no progress from its first new pod on, for no such pod becomes ready. */
    private static Stream<Threatened> threatened(Situation situation) {
        return situation.candidates().stream()
                .flatMap(candidate -> candidate
                        .workload()
                        .progressDeadline()
                        .flatMap(deadline ->
                                candidate.waitingSince().map(since -> new Threatened(candidate, deadline, since)))
                        .stream());
    }
}
