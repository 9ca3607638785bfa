package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Reason;

/** Events on the Migrator: each change is told once. */
final class Announcements {

    private Announcements() {}

    static List<Action.FollowUp> of(
            Observation seen,
            Optional<HistoryEntry> settled,
            Optional<Action.FollowUp> started,
            Requests requests,
            Verdict verdict,
            Situation situation) {
        var events = new ArrayList<Action.FollowUp>();
        settled.ifPresent(entry -> events.add(settled(entry)));
        started.ifPresent(events::add);
        requests.news().forEach(answer -> events.add(answered(answer)));
        if (warns(verdict.reason()) && !alreadySaid(seen, ConditionType.Ready, verdict.message())) {
            events.add(new Action.Announce(verdict.reason(), true, verdict.message(), verdict.message()));
        }
        Verdicts.ungated(situation)
                .filter(message -> !alreadySaid(seen, ConditionType.UngatedPods, message))
                .ifPresent(
                        message -> events.add(new Action.Announce(Reason.UngatedPodsRunning, true, message, message)));
        events.addAll(RolloutDeadlines.warnings(situation, seen.now()));
        return events;
    }

    /** A run whose first Job is created. */
    static Action.FollowUp started(Observation seen, Job job) {
        return new Action.Announce(
                Reason.MigrationsStarted,
                false,
                job.getMetadata().getName(),
                "Started migration job " + seen.migrator().getMetadata().getNamespace() + "/"
                        + job.getMetadata().getName() + " using image "
                        + job.getSpec()
                                .getTemplate()
                                .getSpec()
                                .getContainers()
                                .getFirst()
                                .getImage());
    }

    /** A further Job of a run. */
    static Action.FollowUp started(Observation seen, Run run, Job job) {
        return new Action.Announce(
                Reason.StepStarted,
                false,
                job.getMetadata().getName(),
                "Migration to " + run.revision() + ": started step "
                        + job.getMetadata().getLabels().get(Labels.STEP) + " (Job "
                        + job.getMetadata().getName() + ")");
    }

    private static Action.FollowUp answered(HandledRequest answer) {
        return new Action.Announce(
                Reason.RequestAnswered,
                answer.result().startsWith("ignored"),
                answer.request() + "=" + answer.value(),
                answer.request() + " " + answer.value() + (answer.by() == null ? "" : ", asked for by " + answer.by())
                        + ": " + answer.result());
    }

    private static Action.FollowUp settled(HistoryEntry entry) {
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
            case Replaced -> stopped(Reason.StaleJob, entry);
            case Cancelled -> stopped(Reason.MigrationsCancelled, entry);
            case Rejected -> stopped(Reason.MigrationsRejected, entry);
            case Baseline ->
                new Action.Announce(
                        Reason.MigrationsUpToDate,
                        false,
                        entry.id(),
                        entry.revision() + " counts as migrated without a run: " + entry.message());
        };
    }

    private static Action.FollowUp stopped(Reason reason, HistoryEntry entry) {
        return new Action.Announce(
                reason,
                true,
                entry.id(),
                "Migration to " + entry.revision() + " was stopped: " + entry.message()
                        + (entry.job().isEmpty() ? "" : " (Job " + entry.job() + ")"));
    }

    /** Whether a person should look at a Migrator for this reason. */
    static boolean warns(Reason reason) {
        return switch (reason) {
            case CreateError,
                    MigrationPodNotStarting,
                    MigrationsRetrying,
                    AwaitingApproval,
                    RollbackBlocked,
                    StepsTooLarge,
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
