package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;

/**
 * Where a Migrator stands, and why.
 *
 * @param phase the phase
 * @param reason why, in one word
 * @param message why, for people
 */
record Verdict(Phase phase, Reason reason, String message) {

    /** The conditions, each keeping its transition time while its status stays. */
    List<Condition> conditions(Observation seen, Optional<String> ungated) {
        var conditions = Stream.of(
                        ConditionType.Ready,
                        ConditionType.Reconciling,
                        ConditionType.Stalled,
                        ConditionType.MigrationsReady)
                .map(type -> condition(seen, type, phase.makesTrue(type), reason, message));
        var gating = ungated.map(
                        text -> condition(seen, ConditionType.UngatedPods, true, Reason.UngatedPodsRunning, text))
                .orElseGet(() -> condition(seen, ConditionType.UngatedPods, false, Reason.EveryPodGated, ""));
        return Stream.concat(conditions, Stream.of(gating)).toList();
    }

    private static Condition condition(
            Observation seen, ConditionType type, boolean holds, Reason reason, String message) {
        var status = holds ? "True" : "False";
        var since = seen.status().conditions().stream()
                .filter(before ->
                        before.type().equals(type.name()) && before.status().equals(status))
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElseGet(() -> Timestamps.of(seen.now()));
        return new Condition(
                type.name(),
                status,
                reason.name(),
                message,
                seen.migrator().getMetadata().getGeneration(),
                since);
    }
}
