package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.api.StepState;
import net.coderanger.migrations.api.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * A status that was written, beside the one before it. What has happened is read from the difference, so it is told once, whatever
 * has led to it and whoever leads.
 *
 * @param migrator the Migrator with its status as it was
 * @param after the status as it is now
 */
public record StatusChange(Migrator migrator, MigratorStatus after) {

    /** The status as it was; {@link MigratorStatus#EMPTY} if there was none. */
    public MigratorStatus before() {
        return Objects.requireNonNullElse(migrator.getStatus(), MigratorStatus.EMPTY);
    }

    /** The runs that have ended, newest first. What the original operator has left behind did not end now. */
    public List<HistoryEntry> ended() {
        var known = History.of(migrator.getStatus());
        return after.history().stream().filter(entry -> !known.has(entry.id())).toList();
    }

    /** How many attempts beyond a step's first have started. */
    public int retries() {
        return runs().mapToInt(run -> Math.max(0, retries(run.steps()) - retries(known(run))))
                .sum();
    }

    /** The steps that have ended, whatever their outcome; a run of one Job is one step. */
    public List<StepStatus> stepsEnded() {
        return runs().flatMap(run -> {
                    var known = known(run).stream()
                            .filter(StatusChange::hasEnded)
                            .map(StepStatus::name)
                            .collect(Collectors.toSet());
                    return run.steps().stream().filter(step -> hasEnded(step) && !known.contains(step.name()));
                })
                .toList();
    }

    private record Steps(String run, List<StepStatus> steps) {}

    /** Runs in which something may have happened: those that have ended, and the one that is going on. */
    private Stream<Steps> runs() {
        return Stream.concat(
                ended().stream().map(entry -> new Steps(entry.id(), steps(entry))),
                Stream.ofNullable(after.run()).map(run -> new Steps(run.id(), steps(run))));
    }

    private List<StepStatus> known(Steps now) {
        return Stream.ofNullable(before().run())
                .filter(run -> run.id().equals(now.run()))
                .flatMap(run -> steps(run).stream())
                .toList();
    }

    private static List<StepStatus> steps(RunStatus run) {
        return run.steps().isEmpty()
                ? List.of(only(run.rolledBackFrom(), StepState.Running, run.attempt(), run.startTime(), null))
                : run.steps();
    }

    /** None for a revision that was decided about without a run. */
    private static List<StepStatus> steps(HistoryEntry entry) {
        if (entry.job().isEmpty()) {
            return List.of();
        }
        var state = entry.succeeded() ? StepState.Succeeded : StepState.Failed;
        return entry.steps().isEmpty()
                ? List.of(only(
                        entry.rolledBackFrom(), state, entry.attempts(), entry.startTime(), entry.completionTime()))
                : entry.steps();
    }

    private static StepStatus only(
            @Nullable String rolledBackFrom,
            StepState state,
            @Nullable Integer attempts,
            String start,
            @Nullable String end) {
        var kind = rolledBackFrom == null ? StepKind.Migration : StepKind.Down;
        return new StepStatus(kind.name(), kind, state, null, attempts, start, end, null);
    }

    private static boolean hasEnded(StepStatus step) {
        return switch (step.state()) {
            case Succeeded, Failed, AwaitingApproval -> true;
            case Pending, Running, Retrying -> false;
        };
    }

    private static int retries(List<StepStatus> steps) {
        return steps.stream()
                .map(StepStatus::attempts)
                .filter(Objects::nonNull)
                .mapToInt(attempts -> Math.max(0, attempts - 1))
                .sum();
    }
}
