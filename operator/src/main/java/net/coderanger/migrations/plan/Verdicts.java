package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;

/** Where a Migrator stands, in words: each message says what is going on, who waits, and what to do if something is to be done. */
final class Verdicts {

    private static final int NAMES_SHOWN = 3;

    private Verdicts() {}

    static Verdict going(Run run, Optional<String> replacedBy, Situation situation) {
        if (replacedBy.isPresent()) {
            return new Verdict(
                    Phase.Running,
                    Reason.StaleJob,
                    "The run to " + run.revision() + " is being stopped for " + replacedBy.get() + waiting(situation));
        }
        var what = run.seen().beingDeleted()
                ? "Job " + run.seen().name() + " has been deleted; its pod's end is awaited"
                : "Migrating to " + run.revision() + " by Job " + run.seen().name();
        return run.trouble()
                .map(trouble -> new Verdict(
                        Phase.Running, trouble.reason(), what + ": " + trouble.message() + waiting(situation)))
                .orElseGet(() -> new Verdict(Phase.Running, Reason.MigrationsRunning, what + waiting(situation)));
    }

    static Verdict starting(NextRun next, Situation situation) {
        return new Verdict(
                Phase.Running,
                Reason.MigrationsRunning,
                "Migrating to " + next.candidate().desired() + waiting(situation));
    }

    static Verdict refused(Situation situation, String why) {
        return new Verdict(
                Phase.Pending,
                Reason.CreateError,
                "The migration's Job cannot be created, it is tried again: " + why + waiting(situation));
    }

    /** The verdict when no run is going on and none starts. */
    static Verdict idle(Observation seen, Situation situation, History history, boolean justSettled) {
        var spec = seen.migrator().getSpec();
        var invalid = Selectors.invalid(spec.selector())
                .map(why -> "spec.selector: " + why)
                .or(() -> Optional.ofNullable(spec.templateSelector())
                        .flatMap(Selectors::invalid)
                        .map(why -> "spec.templateSelector: " + why));
        if (invalid.isPresent()) {
            return new Verdict(Phase.Invalid, Reason.InvalidSelector, invalid.get());
        }
        if (situation.noPods()) {
            return situation.waiting().isEmpty()
                    ? new Verdict(Phase.NothingToMigrate, Reason.NothingToMigrate, "No pod matches spec.selector")
                    : new Verdict(
                            Phase.Invalid,
                            Reason.TemplateNotFound,
                            "Pods wait for this Migrator, but spec.selector matches none of them: "
                                    + names(situation.waiting()));
        }
        if (situation.noTemplates()) {
            return new Verdict(
                    Phase.Pending,
                    Reason.TemplateNotFound,
                    "no template pods found: pods match spec.selector, but none of them also matches spec.templateSelector and has a"
                            + " workload" + waiting(situation));
        }
        if (situation.candidates().isEmpty()) {
            return new Verdict(
                    Phase.Invalid,
                    Reason.ContainerNotFound,
                    "no template container found: spec.container is " + spec.container() + ", but "
                            + situation.containersAtHand());
        }
        if (!situation.due().isEmpty()) {
            return due(seen, situation, history, justSettled);
        }
        // a revision that is migrated, but whose run was asked for again and has failed
        return history.newest()
                .filter(entry -> entry.outcome() == Outcome.Failed)
                .filter(entry -> situation.candidates().stream()
                        .anyMatch(candidate -> candidate.desired().equals(entry.revision())))
                .map(entry -> new Verdict(Phase.Failed, Reason.MigrationsFailed, failure(entry) + waiting(situation)))
                .orElseGet(() -> migrated(situation));
    }

    /** Pods whose containers run although their revision is not migrated. */
    static Optional<String> ungated(Situation situation) {
        var pods = situation.ungated();
        return pods.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "Not held back, because created before this Migrator or its webhook, though their revision is not migrated: "
                                + names(pods));
    }

    private static Verdict migrated(Situation situation) {
        var revisions = situation.candidates().stream()
                .map(Candidate::desired)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return new Verdict(Phase.Migrated, Reason.MigrationsUpToDate, revisions + " is migrated" + stranded(situation));
    }

    private static Verdict due(Observation seen, Situation situation, History history, boolean justSettled) {
        var revision = situation.due().getFirst().desired();
        if (seen.migrator().getSpec().suspended()) {
            return new Verdict(
                    Phase.Suspended,
                    Reason.Suspended,
                    revision + " has to be migrated, but spec.suspend is true" + waiting(situation));
        }
        var failed = history.newestOf(revision).filter(entry -> entry.outcome() == Outcome.Failed);
        return failed.isPresent()
                ? new Verdict(Phase.Failed, Reason.MigrationsFailed, failure(failed.get()) + waiting(situation))
                : new Verdict(
                        Phase.Pending,
                        Reason.MigrationsPending,
                        revision + " has to be migrated" + (justSettled ? " next" : "") + waiting(situation));
    }

    private static String failure(HistoryEntry entry) {
        return "The migration to " + entry.revision() + " failed (Job " + entry.job() + "): " + entry.message()
                + " — roll out a mended version or change the Migrator, or set spec.trigger to a new value to run it again";
    }

    /** Pods that wait although nothing is due: no workload wants their revision, so nothing will ever release them. */
    private static String stranded(Situation situation) {
        var waits = waiting(situation);
        return waits.isEmpty()
                ? releasing(situation)
                : waits
                        + ", which no workload with a template of this Migrator wants any more: delete these pods, or roll their"
                        + " workload out";
    }

    private static String releasing(Situation situation) {
        var pods = situation.waiting().size();
        return pods == 0 ? "" : "; " + pods + (pods == 1 ? " pod is" : " pods are") + " being released";
    }

    private static String waiting(Situation situation) {
        var pods = situation.waiting().stream()
                .filter(pod -> !situation.mayStart(pod))
                .count();
        return pods == 0
                ? ""
                : "; " + pods + (pods == 1 ? " pod waits" : " pods wait") + " for "
                        + String.join(", ", situation.awaited());
    }

    private static String names(List<SeenPod> pods) {
        var shown = pods.stream().map(SeenPod::name).sorted().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
        return pods.size() <= NAMES_SHOWN ? shown : shown + " and " + (pods.size() - NAMES_SHOWN) + " more";
    }
}
