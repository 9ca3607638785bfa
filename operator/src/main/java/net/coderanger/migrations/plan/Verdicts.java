package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.api.StepKind;

/** Where a Migrator stands, in words: each message says what is going on, who waits, and what to do if something is to be done. */
final class Verdicts {

    private static final int NAMES_SHOWN = 3;

    private final Observation seen;
    private final Migrator migrator;
    private final Situation situation;
    private final Requests requests;

    /**
     * Verdicts on what is seen.
     *
     * @param requests with the answers of this plan: what a message tells people to do is never a value that is used up
     */
    Verdicts(Observation seen, Situation situation, Requests requests) {
        this.seen = seen;
        this.migrator = seen.migrator();
        this.situation = situation;
        this.requests = requests;
    }

    /** The verdict while a run is going on. */
    Verdict going(Run run, Course course, Wishes wishes) {
        return switch (course) {
            case Course.Going going -> atWork(run, wishes);
            case Course.Awaiting awaiting ->
                new Verdict(
                        Phase.AwaitingApproval,
                        Reason.AwaitingApproval,
                        "The run to " + run.revision() + " waits for approval after step "
                                + run.step().name() + ": " + approve(Wishes.decisive(run))
                                + waiting());
            case Course.Backoff backoff ->
                new Verdict(
                        Phase.Running,
                        Reason.MigrationsRetrying,
                        to(run) + ": Job " + run.newest().name() + " has failed, the step is tried again at "
                                + Timestamps.of(backoff.until()) + ": "
                                + run.failure().orElse("")
                                + waiting());
            case Course.Paused paused ->
                new Verdict(
                        Phase.Suspended,
                        Reason.RunSuspended,
                        (corrects(paused.next()) ? failed(run) + ", and the run" : "The run to " + run.revision())
                                + " is suspended before step "
                                + paused.next().name() + "; it goes on after: "
                                + annotate(ControlAnnotation.ResumeRun, run.id()) + waiting());
            case Course.Next next ->
                new Verdict(
                        Phase.Running,
                        Reason.MigrationsRunning,
                        (corrects(next.step())
                                        ? failed(run) + ", and its onFailure step is started"
                                        : "Migrating to " + run.revision() + ": step " + named(run, next.step())
                                                + " is started")
                                + waiting());
            case Course.Ending ending -> stopping(run, ending.end());
            case Course.Ended ended -> stopping(run, ended);
        };
    }

    private Verdict stopping(Run run, Course.Ended end) {
        var reason = switch (end.outcome()) {
            case Cancelled -> Reason.MigrationsCancelled;
            case Rejected -> Reason.MigrationsRejected;
            case Replaced -> Reason.StaleJob;
            default -> Reason.MigrationsRunning;
        };
        return new Verdict(
                Phase.Running,
                reason,
                "The run to " + run.revision() + " is being ended"
                        + end.message().map(why -> ": " + why).orElse("") + waiting());
    }

    private Verdict atWork(Run run, Wishes wishes) {
        if (wishes.stop().isPresent()) {
            return stopping(run, wishes.stop().get());
        }
        var what = run.newest().beingDeleted()
                ? "Job " + run.newest().name() + " has been deleted; its pod's end is awaited"
                : (corrects(run.step()) ? failed(run) + ", and its onFailure step runs as Job " : to(run) + " by Job ")
                        + run.newest().name();
        return run.trouble()
                .map(trouble -> new Verdict(
                        Phase.Running, trouble.reason(), what + ": " + trouble.message() + wayOut(run) + waiting()))
                .orElseGet(() -> new Verdict(Phase.Running, Reason.MigrationsRunning, what + waiting()));
    }

    /** A step after the migration makes no place for another revision by itself. */
    private String wayOut(Run run) {
        return run.stuck() && run.hasMigrated()
                ? "; if that cannot be mended, end the run: " + annotate(ControlAnnotation.Cancel, run.id())
                : "";
    }

    private static boolean corrects(PlannedStep step) {
        return step.kind() == StepKind.OnFailure;
    }

    private static String failed(Run run) {
        return "The migration to " + run.revision() + " has failed";
    }

    private static String to(Run run) {
        var step = run.itinerary().filter(all -> !all.oneJob()).map(all -> ": step " + named(run, run.step()));
        return (run.rolledBackFrom().isPresent() ? "Taking the database back to " : "Migrating to ")
                + run.revision()
                + step.orElse("");
    }

    private static String named(Run run, PlannedStep step) {
        return run.itinerary()
                .flatMap(all -> Optional.ofNullable(Report.place(all, step)))
                .orElse(step.name());
    }

    Verdict starting(NextRun next) {
        var target = next.target();
        return new Verdict(
                Phase.Running,
                Reason.MigrationsRunning,
                (target.rolledBackFrom().isPresent() ? "Taking the database back to " : "Migrating to ")
                        + target.revision()
                        + waiting());
    }

    private String approve(String value) {
        return annotate(
                        ControlAnnotation.Approve,
                        requests.unused(value, ControlAnnotation.Approve, ControlAnnotation.Reject))
                + " (or reject=…)";
    }

    /** The command that sets a control annotation to a value that was not used before. */
    private String annotate(ControlAnnotation what, String value) {
        var metadata = migrator.getMetadata();
        return "kubectl -n " + metadata.getNamespace() + " annotate --overwrite migrator " + metadata.getName() + " "
                + what.key() + "='" + requests.unused(value, what) + "'";
    }

    Verdict refused(String why) {
        return new Verdict(
                Phase.Pending,
                Reason.CreateError,
                "The migration's Job cannot be created, it is tried again: " + why + waiting());
    }

    /** The verdict when no run is going on and none starts. */
    Verdict idle(History history, List<Prospect> prospects, boolean justSettled) {
        var spec = migrator.getSpec();
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
                            + " workload" + waiting());
        }
        if (situation.candidates().isEmpty()) {
            return new Verdict(
                    Phase.Invalid,
                    Reason.ContainerNotFound,
                    "no template container found: spec.container is " + spec.container() + ", but "
                            + situation.containersAtHand());
        }
        if (!situation.due().isEmpty()) {
            return due(prospects, justSettled);
        }
        if (prospects.stream().anyMatch(prospect -> !(prospect instanceof Prospect.HasFailed))) {
            return due(prospects, justSettled); // migrated, but to be run again
        }
        // a revision that is migrated, but whose run was asked for again and has failed
        return history.newest()
                .filter(entry -> entry.outcome().stalls())
                .filter(entry -> situation.candidates().stream()
                        .anyMatch(candidate -> candidate.desired().equals(entry.revision())))
                .map(this::stalled)
                .map(verdict -> new Verdict(verdict.phase(), verdict.reason(), verdict.message() + waiting()))
                .orElseGet(this::migrated);
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

    private Verdict migrated() {
        var revisions = situation.candidates().stream()
                .map(Candidate::desired)
                .distinct()
                .sorted()
                .toList();
        return new Verdict(Phase.Migrated, Reason.MigrationsUpToDate, some(revisions) + " is migrated" + stranded());
    }

    private Verdict due(List<Prospect> prospects, boolean justSettled) {
        var first = prospects.stream()
                .filter(Prospect.Starts.class::isInstance)
                .findFirst()
                .or(() -> prospects.stream().findFirst());
        var revision = first.map(Prospect::candidate)
                .or(() -> situation.due().stream().findFirst())
                .orElseThrow()
                .desired();
        if (migrator.getSpec().suspended()) {
            return new Verdict(
                    Phase.Suspended,
                    Reason.Suspended,
                    revision + " has to be migrated, but spec.suspend is true" + waiting());
        }
        if (first.isEmpty() || first.get() instanceof Prospect.Starts) {
            return new Verdict(
                    Phase.Pending,
                    Reason.MigrationsPending,
                    revision + " has to be migrated" + (justSettled ? " next" : endsFirst()) + waiting());
        }
        var verdict = kept(first.get());
        var others = prospects.stream()
                .skip(1)
                .limit(NAMES_SHOWN)
                .map(prospect -> kept(prospect).message())
                .filter(other -> !other.equals(verdict.message()))
                .distinct()
                .map(other -> ". Also: " + other)
                .collect(Collectors.joining());
        return new Verdict(verdict.phase(), verdict.reason(), verdict.message() + others + waiting());
    }

    /** What keeps a run from starting, and what to do about it. */
    private Verdict kept(Prospect prospect) {
        var revision = prospect.candidate().desired();
        return switch (prospect) {
            case Prospect.Starts never -> throw new IllegalStateException("nothing keeps it");
            case Prospect.HasFailed failed -> stalled(failed.entry());
            case Prospect.NeedsApproval approval ->
                new Verdict(
                        Phase.AwaitingApproval,
                        Reason.AwaitingApproval,
                        "The migration to " + revision + " waits for approval: " + approve(revision)
                                + ", or set spec.approvedRevision to " + revision);
            case Prospect.IsBlocked blocked ->
                new Verdict(
                        Phase.Blocked,
                        Reason.RollbackBlocked,
                        blocked.candidate().workload().ref() + " went back to " + revision
                                + ", which onRollback: Block does not allow: roll out a newer version, or let it start with "
                                + annotate(ControlAnnotation.Baseline, revision));
            case Prospect.IsTooLarge large ->
                new Verdict(
                        Phase.Invalid,
                        Reason.StepsTooLarge,
                        "The steps of the run to " + revision
                                + " do not fit on a Job (200 KiB): use fewer, or put long commands into a ConfigMap");
        };
    }

    /** For a run that cannot start yet, because a pod of the one before is still there. */
    private String endsFirst() {
        return seen.jobs().stream()
                .filter(SeenJob::active)
                .findFirst()
                .map(job -> " as soon as the last pod of Job " + job.name() + " has ended")
                .or(
                        () -> seen.stillActive()
                                .findFirst()
                                .map(
                                        pod -> " as soon as pod "
                                                + pod.getMetadata().getName()
                                                + " has ended, a migration whose Job is gone or was started by a deleted Migrator of this name"))
                .orElse("");
    }

    private Verdict stalled(HistoryEntry entry) {
        var reason = switch (entry.outcome()) {
            case Cancelled -> Reason.MigrationsCancelled;
            case Rejected -> Reason.MigrationsRejected;
            default -> Reason.MigrationsFailed;
        };
        var what = switch (entry.outcome()) {
            case Cancelled -> "The migration to " + entry.revision() + " was stopped: ";
            case Rejected -> "The migration to " + entry.revision() + " was ";
            default -> "The migration to " + entry.revision() + " failed (Job " + entry.job() + "): ";
        };
        return new Verdict(
                Phase.Failed,
                reason,
                what + entry.message() + " — roll out a mended version, change the Migrator, or run it again: "
                        + annotate(ControlAnnotation.Retry, entry.id()));
    }

    /** Pods that wait although nothing is due: no workload wants their revision, so nothing will ever release them. */
    private String stranded() {
        var waits = waiting();
        if (waits.isEmpty()) {
            return releasing();
        }
        return situation
                .strangers()
                .findFirst()
                .map(workload -> waits + ", which " + workload.ref()
                        + " has, but this Migrator does not migrate from its template (spec.templateSelector, spec.container): give"
                        + " both templates the same annotation migrations.coderanger.net/revision, or this one the annotation"
                        + " migrations.coderanger.net/no-wait: \"true\"")
                .orElse(waits
                        + ", which no workload with a template of this Migrator wants any more: delete these pods, or roll their"
                        + " workload out");
    }

    private String releasing() {
        var pods = situation.waiting().size();
        return pods == 0 ? "" : "; " + pods + (pods == 1 ? " pod is" : " pods are") + " being released";
    }

    private String waiting() {
        var pods = situation.waiting().stream()
                .filter(pod -> !situation.mayStart(pod))
                .count();
        return pods == 0
                ? ""
                : "; " + pods + (pods == 1 ? " pod waits" : " pods wait") + " for "
                        + some(List.copyOf(situation.awaited()));
    }

    private static String names(List<SeenPod> pods) {
        return some(pods.stream().map(SeenPod::name).sorted().toList());
    }

    private static String some(List<String> names) {
        var shown = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
        return names.size() <= NAMES_SHOWN ? shown : shown + " and " + (names.size() - NAMES_SHOWN) + " more";
    }
}
