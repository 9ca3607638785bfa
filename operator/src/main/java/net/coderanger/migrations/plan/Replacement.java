package net.coderanger.migrations.plan;

import java.util.Optional;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.OnNewRevision;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.api.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * May a run that is going on be stopped? Only if the user said {@code onNewRevision: Replace}, or if nothing of its migration has
 * run and it waits for something: a Job whose image does not exist, a plan that nobody has approved yet, would otherwise keep its
 * own correction waiting for ever. {@code onFailure} is never stopped.
 */
final class Replacement {

    private Replacement() {}

    /** What the run is stopped for, if it is. Once decided it stays so. */
    static Optional<String> of(
            Run run, @Nullable RunStatus before, Migrator migrator, Situation situation, History history) {
        if (run.step().kind() == StepKind.OnFailure) {
            return Optional.empty();
        }
        if (before != null && before.replacedBy() != null) {
            return Optional.of(before.replacedBy());
        }
        var waits = run.stuck() || (!run.active() && !run.lostItsMigration());
        return waits && !run.hasMigrated()
                ? correction(run, migrator, situation, history)
                : successor(run, migrator, situation);
    }

    private static Optional<String> successor(Run run, Migrator migrator, Situation situation) {
        return migrator.getSpec().onNewRevisionOrDefault() == OnNewRevision.Replace && !desired(run, situation)
                ? situation.due().stream().findFirst().map(Candidate::desired)
                : Optional.empty();
    }

    private static Optional<String> correction(Run run, Migrator migrator, Situation situation, History history) {
        var stillWanted = situation.candidates().stream()
                .filter(candidate -> candidate.desired().equals(run.revision()))
                .flatMap(candidate -> Prospect.way(migrator, candidate, history).stream())
                .anyMatch(itinerary -> !itinerary.differsFrom(run.inputs()));
        return stillWanted
                ? Optional.empty()
                : situation.due().stream()
                        .findFirst()
                        .or(() -> situation.candidates().stream().findFirst())
                        .map(Candidate::desired);
    }

    private static boolean desired(Run run, Situation situation) {
        return situation.candidates().stream()
                .anyMatch(candidate -> candidate.desired().equals(run.revision()));
    }
}
