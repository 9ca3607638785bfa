package net.coderanger.migrations.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Reason;

/** Events on the Migrator: each change is told once. */
final class Announcements {

    private Announcements() {}

    static List<Action> of(
            Observation seen,
            Optional<HistoryEntry> settled,
            Optional<NextRun> next,
            Verdict verdict,
            Situation situation) {
        var events = new ArrayList<Action>();
        settled.ifPresent(entry -> events.add(settled(entry)));
        next.ifPresent(run -> events.add(new Action.Announce(
                Reason.MigrationsStarted,
                false,
                run.id(),
                "Started migration job " + seen.migrator().getMetadata().getNamespace() + "/"
                        + MigrationJob.jobName(seen.migrator(), run.id()) + " using image "
                        + run.job().image())));
        if (warns(verdict.reason()) && !alreadySaid(seen, ConditionType.Ready, verdict.message())) {
            events.add(new Action.Announce(verdict.reason(), true, verdict.message(), verdict.message()));
        }
        Verdicts.ungated(situation)
                .filter(message -> !alreadySaid(seen, ConditionType.UngatedPods, message))
                .ifPresent(
                        message -> events.add(new Action.Announce(Reason.UngatedPodsRunning, true, message, message)));
        return events;
    }

    private static Action settled(HistoryEntry entry) {
        return switch (entry.outcome()) {
            case Succeeded ->
                new Action.Announce(
                        Reason.MigrationsSucceeded,
                        false,
                        entry.id(),
                        "Migration to " + entry.revision() + " succeeded (Job " + entry.job() + ")");
            case Failed ->
                new Action.Announce(
                        Reason.MigrationsFailed,
                        true,
                        entry.id(),
                        "Migration to " + entry.revision() + " failed (Job " + entry.job() + "): " + entry.message());
            case Replaced ->
                new Action.Announce(
                        Reason.StaleJob,
                        true,
                        entry.id(),
                        "Migration to " + entry.revision() + " was " + entry.message() + " (Job " + entry.job() + ")");
        };
    }

    private static boolean warns(Reason reason) {
        return switch (reason) {
            case CreateError,
                    MigrationPodNotStarting,
                    MigrationsRetrying,
                    TemplateNotFound,
                    ContainerNotFound,
                    InvalidSelector -> true;
            default -> false;
        };
    }

    private static boolean alreadySaid(Observation seen, ConditionType type, String message) {
        return seen.status().conditions().stream()
                .anyMatch(condition -> condition.type().equals(type.name()) && message.equals(condition.message()));
    }
}
