package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.OnNewRevision;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import org.jspecify.annotations.Nullable;

/** Sees what really happens, whatever the status says, and objects at once when it must not. */
final class Witness {

    /**
     * The database has come to a revision.
     *
     * @param byRun false if somebody has only said so
     * @param epoch how often users had asked for another run when this one started
     */
    private record Completion(String revision, String workload, boolean byRun, int epoch) {}

    private final Demands demands = new Demands();
    private final Map<String, WitnessedRun> runs = new HashMap<>();
    private final Map<String, Integer> started = new HashMap<>();
    private final List<Completion> completions = new ArrayList<>();
    private final Set<WitnessedRun> complete = new HashSet<>();
    private final Set<String> recorded = new HashSet<>();
    private final Set<String> failedSinceChange = new HashSet<>();
    private final Set<String> comeBack = new HashSet<>();
    private final Set<String> opened = new HashSet<>();
    private final Set<String> stray = new HashSet<>();
    private int epoch;
    private int changes;

    /** A revision that was migrated before the story begins. */
    void knowsMigrated(String revision) {
        completions.add(new Completion(revision, "", true, 0));
    }

    /** How many runs have really started a container for a revision. */
    int runs(String revision) {
        return started.getOrDefault(revision, 0);
    }

    /** Whether the database is, or was on its way to what it is now, at a revision. */
    boolean completed(String revision) {
        return completions.stream().anyMatch(done -> done.revision().equals(revision));
    }

    /** A pod of a revision that the status does not, or no longer, know. */
    void isOutOfUse(String podUid, String revision) {
        if (completed(revision)) {
            comeBack.add(podUid);
        }
    }

    /** Whether the revision of a pod must be known as migrated: a history is bounded, but forgets nothing that is in use. */
    boolean mustBeRemembered(Pod pod, String revision) {
        return completions.stream()
                        .anyMatch(done -> done.byRun() && done.revision().equals(revision))
                && !comeBack.contains(pod.getMetadata().getUid());
    }

    /** A user asks for one more run of whatever is migrated, by a new trigger. */
    void asksAgain() {
        epoch++;
    }

    /**
     * A user sets a control annotation, and has the right.
     *
     * @param before the Migrator without it
     */
    void demanded(ControlAnnotation what, String value, Migrator before) {
        if (what.invalid(value).isPresent()) {
            return;
        }
        demands.make(what, value);
        if (what == ControlAnnotation.Baseline) {
            completions.add(new Completion(value.split(" ", 2)[0], "", false, epoch));
        }
        if (what == ControlAnnotation.Approve
                && (open(before, ControlAnnotation.Cancel)
                        || cancelled(status(before).run()))) {
            runs.values().forEach(WitnessedRun::isStoppedInsteadOfApproved);
        }
        runs.forEach((id, run) -> {
            if (!run.complete(demands) && !recorded.contains(id) && complete.remove(run)) {
                completions.remove(completions.lastIndexOf(completion(run)));
            }
            completes(run);
        });
    }

    void somethingChanged() {
        changes++;
        failedSinceChange.clear();
    }

    /**
     * A Job is created.
     *
     * @param by the Migrator that it was planned from
     * @param late whether the leader that creates it is none any more
     * @param wanting the workloads whose template has the Job's revision
     */
    void jobCreated(Job job, Migrator by, boolean late, Set<String> wanting, Instant now) {
        if (endsItsRun(job)) {
            return;
        }
        var id = runId(job);
        var known = runs.get(id);
        if (late) {
            stray.add(job.getMetadata().getName());
        }
        if (known == null) {
            known = new WitnessedRun(job, by, epoch, changes);
            runs.put(id, known);
            if (!late) {
                mayStart(job, known, by, wanting);
            }
        } else if (!late) {
            mayGoOn(id, by);
        }
        known.isCreated(job, by, now, demands, wanting.isEmpty() || known.beganBefore(changes, by));
    }

    private void mayStart(Job job, WitnessedRun run, Migrator by, Set<String> wanting) {
        var revision = run.revision();
        var again = false;
        if (failedSinceChange.contains(what(job))) {
            again = asked();
            assertThat(again)
                    .as("stays failed: %s starts again only when something has changed", revision)
                    .isTrue();
        }
        var last = last(revision);
        if (last.isPresent() && last.get().byRun() && !again) {
            assertThat(last.get().epoch() < epoch || wentBack(last.get(), by, wanting) || asked())
                    .as("once: %s is migrated, and runs again", revision)
                    .isTrue();
        }
        if (by.getSpec().approvalRequired()) {
            assertThat(revision.equals(by.getSpec().approvedRevision())
                            || demands.use(
                                    ControlAnnotation.Approve,
                                    value -> (value + " ").startsWith(revision + " ")
                                            && !value.startsWith(revision + " shop-")))
                    .as("approved: the run of %s starts", revision)
                    .isTrue();
        }
    }

    private boolean asked() {
        return demands.use(ControlAnnotation.Run, any -> true) || demands.use(ControlAnnotation.Retry, any -> true);
    }

    private boolean wentBack(Completion last, Migrator by, Set<String> wanting) {
        return by.getSpec().onRollbackOrDefault() != OnRollback.Skip
                && completions.subList(completions.indexOf(last) + 1, completions.size()).stream()
                        .anyMatch(since -> wanting.contains(since.workload()));
    }

    private void mayGoOn(String id, Migrator by) {
        var run = status(by).run();
        assertThat(run != null && run.id().equals(id) && run.cancelledBy() != null)
                .as("cancelled: run %s goes on", id)
                .isFalse();
        assertThat(open(by, ControlAnnotation.Cancel))
                .as("cancelled: run %s goes on, asked to stop", id)
                .isFalse();
        var suspended = run != null && run.id().equals(id) && run.startsNoFurtherStep();
        assertThat((suspended || open(by, ControlAnnotation.SuspendRun)) && !open(by, ControlAnnotation.ResumeRun))
                .as("suspended: run %s goes on", id)
                .isFalse();
    }

    /** A request that admission has stamped and that has no answer. */
    private static boolean open(Migrator migrator, ControlAnnotation what) {
        var annotations = SeenPod.orEmpty(migrator.getMetadata().getAnnotations());
        var value = annotations.get(what.key());
        return value != null
                && what.invalid(value).isEmpty()
                && annotations.containsKey(what.stamp())
                && status(migrator).handledRequests().stream()
                        .noneMatch(answer -> answer.request().equals(what.verb())
                                && answer.value().equals(value));
    }

    /** A Job that somebody has deleted before its failure was known: only what is recorded of its run counts. */
    void jobFailed(Job job, int retries, Instant now) {
        var run = run(job);
        run.fails(now);
        if (run.failedForGood(retries) && job.getMetadata().getDeletionTimestamp() == null) {
            failedSinceChange.add(what(job));
        }
    }

    void jobDeleted(Job job) {
        Optional.ofNullable(runs.get(runId(job))).ifPresent(WitnessedRun::isDeleted);
    }

    /** Somebody's gate is opened, or was never closed, because the revision counts as migrated. */
    void opens(Pod pod, Optional<String> revision, boolean late) {
        assertThat(late || revision.filter(this::completed).isPresent())
                .as("closed: %s may start, revision %s", pod.getMetadata().getName(), revision)
                .isTrue();
        opened.add(pod.getMetadata().getUid());
    }

    void appStarts(Pod pod) {
        assertThat(opened)
                .as("closed: %s starts", pod.getMetadata().getName())
                .contains(pod.getMetadata().getUid());
    }

    void podsChanged(List<Pod> pods) {
        var active = pods.stream().filter(Witness::activeMigration).toList();
        if (active.size() > 1) {
            throw new AssertionError("single: migration pods at one moment: "
                    + active.stream().map(pod -> pod.getMetadata().getName()).toList());
        }
    }

    void migrationStarts(Job job) {
        var run = run(job);
        if (run.containerStarts(job)) {
            started.merge(run.revision(), 1, Integer::sum);
        }
    }

    /** The container of a step has done what it was to do. */
    void migrationSucceeds(Job job, int exitCode) {
        var run = run(job);
        run.succeeds(job, exitCode);
        completes(run);
    }

    private void completes(WitnessedRun run) {
        if (!run.complete(demands) || !complete.add(run)) {
            return;
        }
        if (run.down()) {
            var from = last(run.revision()).map(completions::lastIndexOf).orElse(-1) + 1;
            completions
                    .subList(from, completions.size())
                    .removeIf(done -> done.workload().equals(run.workload()));
        }
        completions.add(completion(run));
    }

    private static Completion completion(WitnessedRun run) {
        return new Completion(run.revision(), run.workload(), true, run.epoch());
    }

    /** The operator has done with a Job. */
    void jobIsLetGo(Job job, boolean active) {
        assertThat(active)
                .as(
                        "single: Job %s is let go while its pod runs",
                        job.getMetadata().getName())
                .isFalse();
    }

    /** The operator deletes a Job. */
    void jobIsLeft(Job job, boolean active, Migrator by) {
        var run = status(by).run();
        var cancelled = run != null && run.id().equals(runId(job)) && run.cancelledBy() != null;
        var replaced = by.getSpec().onNewRevisionOrDefault() == OnNewRevision.Replace
                && !"on-failure".equals(job.getMetadata().getLabels().get(Labels.STEP));
        var deleted = job.getMetadata().getDeletionTimestamp() != null;
        var strays = stray.contains(job.getMetadata().getName());
        assertThat(active && !cancelled && !replaced && !deleted && !strays)
                .as(
                        "patient: Job %s is taken away while it runs",
                        job.getMetadata().getName())
                .isFalse();
    }

    void statusWritten(MigratorStatus before, MigratorStatus after) {
        historyGrows(before, after);
        answersOnce(before, after);
        if (cancelled(after.run()) && !(cancelled(before.run()) && sameRun(before.run(), after.run()))) {
            assertThat(demands.use(ControlAnnotation.Cancel, any -> true))
                    .as("cancelled: somebody has asked for it")
                    .isTrue();
        }
    }

    private static boolean cancelled(@Nullable RunStatus run) {
        return run != null && run.cancelledBy() != null;
    }

    private static boolean sameRun(@Nullable RunStatus one, @Nullable RunStatus other) {
        return one != null && other != null && one.id().equals(other.id());
    }

    private void historyGrows(MigratorStatus before, MigratorStatus after) {
        var known = ids(before.history());
        var news = new ArrayList<>(ids(after.history()));
        if (known.equals(news)) {
            return;
        }
        assertThat(news).as("remembered: each run once").doesNotHaveDuplicates();
        var kept = new ArrayList<>(known);
        kept.retainAll(news);
        news.removeAll(known);
        assertThat(news).as("remembered: no outcome is settled twice").noneMatch(recorded::contains);
        recorded.addAll(news);
        assertThat(ids(after.history()).stream().filter(known::contains))
                .as("remembered: history keeps its order")
                .containsExactlyElementsOf(kept);
        after.history().stream().filter(entry -> news.contains(entry.id())).forEach(this::isRecorded);
        // a failure of a revision that nobody uses may be forgotten
        before.history().stream()
                .filter(entry -> !kept.contains(entry.id()))
                .forEach(entry -> failedSinceChange.remove(what(entry.revision(), entry.inputs(), entry.trigger())));
    }

    private void isRecorded(HistoryEntry entry) {
        var run = runs.get(entry.id());
        if (entry.outcome() == Outcome.Baseline) {
            assertThat(demands.use(
                            ControlAnnotation.Baseline, value -> (value + " ").startsWith(entry.revision() + " ")))
                    .as("closed: somebody has said that %s is migrated", entry.revision())
                    .isTrue();
        } else if (entry.succeeded() && !entry.id().equals("original")) {
            assertThat(run != null && run.complete(demands))
                    .as("closed: %s is recorded as migrated", entry.revision())
                    .isTrue();
        } else if (run != null) {
            assertThat(run.allDone())
                    .as("remembered: %s has succeeded, and is recorded as %s", entry.revision(), entry.outcome())
                    .isFalse();
            assertThat(entry.outcome() == Outcome.Replaced && run.leavesItHalfWay())
                    .as("repaired: %s makes place after a failed migration, without onFailure", entry.revision())
                    .isFalse();
        }
        if (entry.outcome().stalls()) {
            failedSinceChange.add(what(entry.revision(), entry.inputs(), entry.trigger()));
        }
    }

    private static void answersOnce(MigratorStatus before, MigratorStatus after) {
        for (var answer : after.handledRequests()) {
            var last = before.handledRequests().stream()
                    .filter(other -> sameRequest(answer, other))
                    .findFirst();
            if (last.isPresent() && !last.get().equals(answer)) {
                throw new AssertionError("once: answered again: " + last.get() + " " + answer);
            }
        }
    }

    private static boolean sameRequest(HandledRequest one, HandledRequest other) {
        return one.request().equals(other.request()) && one.value().equals(other.value());
    }

    static boolean activeMigration(Pod pod) {
        return SeenPod.ofMigrationJob(pod) && !JobController.ended(pod);
    }

    private Optional<Completion> last(String revision) {
        return completions.reversed().stream()
                .filter(done -> done.revision().equals(revision))
                .findFirst();
    }

    private WitnessedRun run(Job job) {
        return Objects.requireNonNull(runs.get(runId(job)), "a Job that nobody has created");
    }

    private static boolean endsItsRun(Job job) {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    private static MigratorStatus status(Migrator migrator) {
        return Objects.requireNonNullElse(migrator.getStatus(), MigratorStatus.EMPTY);
    }

    private static List<String> ids(List<HistoryEntry> history) {
        return history.stream().map(HistoryEntry::id).toList();
    }

    private static String runId(Job job) {
        return job.getMetadata().getLabels().getOrDefault(Labels.RUN, "");
    }

    private static String what(Job job) {
        var annotations = job.getMetadata().getAnnotations();
        return what(
                annotations.getOrDefault(Annotations.REVISION, ""),
                annotations.getOrDefault(Annotations.INPUTS, ""),
                annotations.get(Annotations.TRIGGER));
    }

    private static String what(String revision, String inputs, @Nullable String trigger) {
        return revision + " from inputs " + inputs + " for trigger " + trigger;
    }
}
