package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.OnRollback;

/** Whether the run of a candidate may start, when none is going on. */
sealed interface Prospect {

    /** Whose desired revision it is about. */
    Candidate candidate();

    /**
     * It may.
     *
     * @param approvedBy who approved it, if that was needed
     */
    record Starts(Candidate candidate, Itinerary itinerary, Optional<String> approvedBy) implements Prospect {

        NextRun run(Migrator migrator, History history) {
            return NextRun.of(migrator, candidate, itinerary, history, approvedBy);
        }
    }

    /** A person has to say so first. */
    record NeedsApproval(Candidate candidate, Itinerary itinerary) implements Prospect {}

    /** It has failed, and nothing has changed since that could make it succeed. */
    record HasFailed(Candidate candidate, HistoryEntry entry) implements Prospect {}

    /** {@code onRollback: Block}. */
    record IsBlocked(Candidate candidate) implements Prospect {}

    /** Its steps do not fit on a Job. */
    record IsTooLarge(Candidate candidate) implements Prospect {}

    /** The prospects of all candidates that a run is wanted of, the one that is to go first at the front. */
    static List<Prospect> of(Observation seen, Situation situation, History history, Requests requests) {
        var migrator = seen.migrator();
        var due = situation.due();
        var wanted = due.isEmpty() && askedAgain(migrator, history, requests)
                ? Stream.concat(stalled(situation, history), situation.candidates().stream())
                        .limit(1)
                : due.stream();
        return wanted.flatMap(candidate -> way(migrator, candidate, history).stream()
                        .map(itinerary -> of(migrator, candidate, itinerary, situation, history, requests)))
                .toList();
    }

    private static Prospect of(
            Migrator migrator,
            Candidate candidate,
            Itinerary itinerary,
            Situation situation,
            History history,
            Requests requests) {
        if (blocked(migrator, candidate, history)) {
            return new IsBlocked(candidate);
        }
        if (itinerary.tooLarge()) {
            return new IsTooLarge(candidate);
        }
        var again = requests.open(ControlAnnotation.Retry).isPresent()
                || requests.open(ControlAnnotation.Run).isPresent();
        var failed = failedAlready(candidate, itinerary, migrator.getSpec(), situation, history);
        if (failed.isPresent() && !again) {
            return new HasFailed(candidate, failed.get());
        }
        var approvedBy = approvedBy(migrator, candidate, requests);
        return migrator.getSpec().approvalRequired() && approvedBy.isEmpty()
                ? new NeedsApproval(candidate, itinerary)
                : new Starts(candidate, itinerary, approvedBy);
    }

    /** The way to a candidate's desired revision: down, if it is a way back and the Migrator knows how. */
    static Optional<Itinerary> way(Migrator migrator, Candidate candidate, History history) {
        var newer = newer(candidate, history);
        return migrator.getSpec().onRollbackOrDefault() == OnRollback.Down && newer.isPresent()
                ? Itinerary.down(
                        migrator,
                        candidate.workload(),
                        history.imageOf(newer.get().revision()))
                : Itinerary.up(migrator, candidate.workload());
    }

    /** What the database was brought to for the workload since the candidate's desired revision was migrated, if anything. */
    static Optional<HistoryEntry> newer(Candidate candidate, History history) {
        return history.migrated(candidate.desired())
                ? history.succeededOtherwiseSince(candidate.desired(), candidate.workload())
                : Optional.empty();
    }

    private static boolean blocked(Migrator migrator, Candidate candidate, History history) {
        return migrator.getSpec().onRollbackOrDefault() == OnRollback.Block
                && newer(candidate, history).isPresent();
    }

    /**
     * A failed run starts again when something has changed that could make it succeed; nothing else does it. The workload it
     * failed from is asked, as long as it still wants that revision: another one's template differs anyway.
     */
    private static Optional<HistoryEntry> failedAlready(
            Candidate candidate, Itinerary itinerary, MigratorSpec spec, Situation situation, History history) {
        return history.newestOf(candidate.desired())
                .filter(entry -> entry.outcome().stalls())
                .filter(entry -> Objects.equals(entry.trigger(), spec.trigger()))
                .filter(entry -> !itinerary.differsFrom(entry.inputs())
                        || (!entry.workload().equals(candidate.workload().ref())
                                && situation.wants(entry.workload(), entry.revision())));
    }

    /** Whose run was the last, and has not succeeded. */
    private static Stream<Candidate> stalled(Situation situation, History history) {
        return history.newest().filter(entry -> entry.outcome().stalls()).stream()
                .flatMap(entry -> situation.candidates().stream()
                        .filter(candidate -> candidate.desired().equals(entry.revision())));
    }

    /** Whether a run is wanted although nothing is due. */
    private static boolean askedAgain(Migrator migrator, History history, Requests requests) {
        var trigger = migrator.getSpec().triggerIfAny();
        var triggered = trigger.isPresent() && !trigger.equals(history.newest().map(HistoryEntry::trigger));
        var retried = requests.open(ControlAnnotation.Retry).isPresent()
                && history.newest().filter(entry -> entry.outcome().stalls()).isPresent();
        return triggered || retried || requests.open(ControlAnnotation.Run).isPresent();
    }

    private static Optional<String> approvedBy(Migrator migrator, Candidate candidate, Requests requests) {
        if (!migrator.getSpec().approvalRequired()) {
            return Optional.empty();
        }
        return candidate.desired().equals(migrator.getSpec().approvedRevision())
                ? Optional.of("spec.approvedRevision")
                : decides(ControlAnnotation.Approve, migrator, candidate.desired(), requests)
                        .map(Requests.Request::by);
    }

    /** A request that is about the start of a revision's run, and not about a step of one. */
    static Optional<Requests.Request> decides(
            ControlAnnotation what, Migrator migrator, String revision, Requests requests) {
        return requests.open(what)
                .filter(request -> request.revision().equals(revision))
                .filter(request ->
                        !namesAJob(request.value().substring(revision.length()).strip(), migrator));
    }

    private static boolean namesAJob(String words, Migrator migrator) {
        return Pattern.compile(Pattern.quote(MigrationJob.namePrefix(migrator)) + "[0-9a-f]{10}\\b.*", Pattern.DOTALL)
                .matcher(words)
                .matches();
    }
}
