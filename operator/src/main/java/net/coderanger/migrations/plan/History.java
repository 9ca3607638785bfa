package net.coderanger.migrations.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The runs that have ended, newest first: the operator's only memory.
 *
 * @param entries the runs
 * @param lastSuccessfulMigration the image of the last successful run
 */
public record History(List<HistoryEntry> entries, @Nullable String lastSuccessfulMigration) {

    /** So many entries have their steps and output: a Migrator has to fit into the API server's store, about 1.5 MB. */
    private static final int WHOLE = 20;

    /** So many entries are kept at most for workloads that have no pod at the moment. */
    private static final int MAX = 100;

    public History {
        entries = List.copyOf(entries);
    }

    /**
     * The history that a status tells. A Migrator that comes from the original operator has none, only the image that was
     * migrated last: it becomes the first entry.
     */
    public static History of(@Nullable MigratorStatus status) {
        if (status == null) {
            return new History(List.of(), null);
        }
        var last = status.lastSuccessfulMigration();
        if (last == null || status.history().stream().anyMatch(HistoryEntry::succeeded)) {
            return new History(status.history(), last);
        }
        return new History(
                Stream.concat(status.history().stream(), Stream.of(byTheOriginal(last)))
                        .toList(),
                last);
    }

    /** Whether a revision has a successful run that was not taken back since by {@code spec.down}. */
    public boolean migrated(String revision) {
        return newestSuccessOf(revision).isPresent() && takenBackBy(revision).isEmpty();
    }

    /**
     * Whether a pod may pass when all that is known of it is its revision, at admission. With {@code onRollback: Run} only the
     * newest migrated revision passes so: for any other the workload has to be looked at.
     */
    public boolean passesUnseen(String revision, OnRollback onRollback) {
        return migrated(revision)
                && (onRollback == OnRollback.Skip
                        || newestSuccess()
                                .map(entry -> entry.revision().equals(revision))
                                .orElse(true));
    }

    Optional<HistoryEntry> newest() {
        return entries.stream().findFirst();
    }

    /** The newest entry that has a run. */
    Optional<HistoryEntry> newestRun() {
        return entries.stream().filter(entry -> !entry.job().isEmpty()).findFirst();
    }

    Optional<HistoryEntry> newestOf(String revision) {
        return entries.stream()
                .filter(entry -> entry.revision().equals(revision))
                .findFirst();
    }

    Optional<HistoryEntry> newestSuccess() {
        return entries.stream().filter(HistoryEntry::succeeded).findFirst();
    }

    /** The newest run of another revision that has succeeded for a workload since this revision's newest success. */
    Optional<HistoryEntry> succeededOtherwiseSince(String revision, Workload workload) {
        return entries.stream()
                .takeWhile(entry -> !(entry.succeeded() && entry.revision().equals(revision)))
                .filter(entry -> entry.succeeded() && entry.workload().equals(workload.ref()))
                .findFirst();
    }

    private Optional<HistoryEntry> newestSuccessOf(String revision) {
        return entries.stream()
                .filter(entry -> entry.succeeded() && entry.revision().equals(revision))
                .findFirst();
    }

    /**
     * The run of {@code spec.down} that has undone the newest success of a revision. Such a run undoes all that was run for its
     * workload since the revision that it goes back to was migrated.
     */
    private Optional<HistoryEntry> takenBackBy(String revision) {
        var undoing = new ArrayList<HistoryEntry>();
        for (var entry : entries) {
            if (entry.succeeded() && entry.revision().equals(revision)) {
                return undoing.stream().filter(down -> undoes(down, entry)).findFirst();
            }
            if (entry.succeeded()) {
                undoing.removeIf(down -> down.revision().equals(entry.revision()));
            }
            if (takesBack(entry)) {
                undoing.add(entry);
            }
        }
        return Optional.empty();
    }

    private static boolean takesBack(HistoryEntry entry) {
        return entry.succeeded() && entry.rolledBackFrom() != null;
    }

    private static boolean undoes(HistoryEntry down, HistoryEntry older) {
        return older.workload().equals(down.workload()) || older.revision().equals(down.rolledBackFrom());
    }

    /** The success that a run of {@code spec.down} went back to. */
    private Stream<HistoryEntry> goal(HistoryEntry down) {
        return entries.stream()
                .skip(entries.indexOf(down) + 1L)
                .filter(entry -> entry.succeeded() && entry.revision().equals(down.revision()))
                .limit(1);
    }

    /** The image that migrated to a revision, which knows what to take back; the revision itself if no run tells. */
    String imageOf(String revision) {
        return entries.stream()
                .filter(entry -> entry.outcome() == Outcome.Succeeded
                        && entry.revision().equals(revision)
                        && entry.rolledBackFrom() == null)
                .findFirst()
                .map(HistoryEntry::image)
                .orElse(revision);
    }

    Optional<Instant> migratedAt(String revision) {
        return newestSuccessOf(revision).map(HistoryEntry::completionTime).map(Instant::parse);
    }

    boolean has(String runId) {
        return entries.stream().anyMatch(entry -> entry.id().equals(runId));
    }

    History with(HistoryEntry ended) {
        var all = new ArrayList<HistoryEntry>(entries.size() + 1);
        all.add(ended);
        all.addAll(entries);
        return new History(all, ended.succeeded() ? current(ended) : lastSuccessfulMigration);
    }

    /** The image of the newer revision has migrated away from it. */
    private static String current(HistoryEntry ended) {
        return ended.rolledBackFrom() == null ? ended.image() : ended.revision();
    }

    /**
     * The newest entries, and beyond them what must not be forgotten.
     *
     * @param limit how many entries are kept in any case
     * @param inUse revisions of live pods and desired ones
     * @param withJob ids of runs whose Job exists
     */
    History trimmed(int limit, Set<String> inUse, Set<String> withJob) {
        if (entries.size() <= Math.min(limit, WHOLE)) {
            return this;
        }
        var needed = needed(inUse);
        var kept = new ArrayList<HistoryEntry>();
        var workloads = new HashSet<String>();
        for (var entry : entries) {
            var newestOfWorkload = entry.succeeded() && comesBack(entry) && workloads.add(entry.workload());
            if (kept.size() < limit
                    || needed.contains(entry.id())
                    || withJob.contains(entry.id())
                    || (newestOfWorkload && kept.size() < MAX)) {
                kept.add(kept.size() < WHOLE ? entry : entry.brief());
            }
        }
        return new History(kept, lastSuccessfulMigration);
    }

    /**
     * Ids of what must be known: of each revision in use the newest success, the newest entry at all and what has undone it, lest
     * a migrated one be gated or a failed one be tried again; where the newest way back has led; and the newest run, which the id
     * of the next is made from.
     */
    private Set<String> needed(Set<String> inUse) {
        var ofRevisions = inUse.stream()
                .flatMap(revision -> Stream.of(newestOf(revision), newestSuccessOf(revision), takenBackBy(revision)))
                .flatMap(Optional::stream)
                .toList();
        var newestDown = entries.stream().filter(History::takesBack).limit(1);
        var downs = Stream.concat(ofRevisions.stream().filter(History::takesBack), newestDown);
        return Stream.of(ofRevisions.stream(), downs.flatMap(this::goal), newestRun().stream())
                .flatMap(all -> all)
                .map(HistoryEntry::id)
                .collect(Collectors.toSet());
    }

    /** A CronJob between two of its Jobs, or a Deployment at zero, has no pod that would show what it uses. */
    private static boolean comesBack(HistoryEntry entry) {
        return !entry.workload().startsWith("Pod/") && !entry.workload().startsWith("Job/");
    }

    private static HistoryEntry byTheOriginal(String image) {
        var unknown = Timestamps.of(Instant.EPOCH);
        return new HistoryEntry(
                "original",
                image,
                image,
                "",
                "",
                Outcome.Succeeded,
                "",
                null,
                unknown,
                unknown,
                null,
                "migrated by the original operator");
    }
}
