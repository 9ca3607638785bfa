package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
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

    /** What stays the same as long as nothing happens. Messages change with every pod that waits: that alone is no news. */
    private record Standing(
            @Nullable Phase phase,
            Optional<String> reason,
            @Nullable String desired,
            @Nullable String run,
            @Nullable String step,
            int attempt,
            @Nullable String nextAttempt) {

        static Standing of(MigratorStatus status) {
            var run = Optional.ofNullable(status.run());
            return new Standing(
                    status.phase(),
                    condition(status, ConditionType.Ready).map(Condition::reason),
                    status.desiredRevision(),
                    run.map(RunStatus::id).orElse(null),
                    run.map(RunStatus::step).orElse(null),
                    run.map(StatusChange::attempt).orElse(0),
                    run.map(RunStatus::nextAttemptTime).orElse(null));
        }
    }

    /** Whether the Migrator stands elsewhere than before. */
    public boolean moved() {
        return !ended().isEmpty() || !Standing.of(before()).equals(Standing.of(after));
    }

    /** Whether where the Migrator stands now is something that a person should look at. */
    public boolean warns() {
        var stalled = after.phase() != null && after.phase().makesTrue(ConditionType.Stalled);
        var reason = now(ConditionType.Ready).map(Condition::reason).map(Reason::valueOf);
        return stalled || reason.filter(Announcements::warns).isPresent();
    }

    /** A condition of the new status. */
    public Optional<Condition> now(ConditionType type) {
        return condition(after, type);
    }

    /** The attempt that is going on; before its first pod it is the first all the same. */
    public static int attempt(RunStatus run) {
        return Math.max(1, Objects.requireNonNullElse(run.attempt(), 0));
    }

    /** The requests that were answered. */
    public List<HandledRequest> answered() {
        var known = before().handledRequests();
        return after.handledRequests().stream()
                .filter(answer -> !known.contains(answer))
                .toList();
    }

    /** The condition {@code UngatedPods}, if it has become true or ceased to be. */
    public Optional<Condition> ungatedPodsTurned() {
        return now(ConditionType.UngatedPods)
                .filter(now -> !now.status()
                        .equals(condition(before(), ConditionType.UngatedPods)
                                .map(Condition::status)
                                .orElse("False")));
    }

    private static Optional<Condition> condition(MigratorStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type.name()))
                .findFirst();
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
