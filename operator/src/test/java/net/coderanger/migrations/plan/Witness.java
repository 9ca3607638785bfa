package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.MigratorStatus;

/** Sees what really happens, whatever the status says, and objects at once when it must not. */
final class Witness {

    private final Map<String, String> completedBy = new HashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();
    private final Set<String> ran = new HashSet<>();
    private final Set<String> recorded = new HashSet<>();
    private final Set<String> failedSinceChange = new HashSet<>();
    private final Set<String> comeBack = new HashSet<>();
    private final Set<String> recordedSuccesses = new HashSet<>();
    private int reruns;

    /** A revision that was migrated before the story begins. */
    void knowsMigrated(String revision) {
        completedBy.put(revision, "before");
    }

    /** How many Jobs have really started a migration container for a revision. */
    int runs(String revision) {
        return runs.getOrDefault(revision, 0);
    }

    boolean completed(String revision) {
        return completedBy.containsKey(revision);
    }

    /** A pod of a revision that the status does not, or no longer, know. */
    void isOutOfUse(String podUid, String revision) {
        if (completed(revision)) {
            comeBack.add(podUid);
        }
    }

    /** Whether the revision of a pod must be known as migrated: a history is bounded, but forgets nothing that is in use. */
    boolean mustBeRemembered(Pod pod, String revision) {
        return completed(revision) && !comeBack.contains(pod.getMetadata().getUid());
    }

    /** The user asks for one more run of something that is migrated. */
    void asksAgain() {
        reruns++;
    }

    void somethingChanged() {
        failedSinceChange.clear();
    }

    void jobCreated(Job job, History known) {
        assertThat(failedSinceChange)
                .as("stays failed: a failed run starts again only when something has changed")
                .doesNotContain(what(job));
    }

    void jobFailed(Job job) {
        failedSinceChange.add(what(job));
    }

    void appStarts(Pod pod, Optional<String> revision) {
        assertThat(revision.filter(this::completed))
                .as("closed: %s starts, revision %s", pod.getMetadata().getName(), revision)
                .isPresent();
    }

    void podsChanged(List<Pod> pods) {
        assertThat(pods.stream()
                        .filter(Witness::activeMigration)
                        .map(pod -> pod.getMetadata().getName()))
                .as("single: migration pods at one moment")
                .hasSizeLessThanOrEqualTo(1);
    }

    void migrationStarts(Job job) {
        var uid = job.getMetadata().getUid();
        var revision = revision(job);
        if (ran.add(uid)) {
            runs.merge(revision, 1, Integer::sum);
            if (completed(revision)) {
                assertThat(reruns)
                        .as("once: %s is migrated, and runs again by Job %s", revision, uid)
                        .isPositive();
                reruns--;
            }
        } else {
            assertThat(uid)
                    .as("once: %s is migrated, and its Job goes on", revision)
                    .isNotEqualTo(completedBy.get(revision));
        }
    }

    void migrationSucceeds(Job job) {
        completedBy.put(revision(job), job.getMetadata().getUid());
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
    void jobIsLeft(Job job, boolean active, boolean allowed) {
        assertThat(active && !allowed)
                .as(
                        "patient: Job %s is taken away while it runs",
                        job.getMetadata().getName())
                .isFalse();
    }

    void statusWritten(MigratorStatus before, MigratorStatus after) {
        var known = ids(before.history());
        var news = new ArrayList<>(ids(after.history()));
        assertThat(news).as("remembered: each run once").doesNotHaveDuplicates();
        var kept = new ArrayList<>(known);
        kept.retainAll(news);
        news.removeAll(known);
        assertThat(news).as("remembered: no outcome is settled twice").noneMatch(recorded::contains);
        recorded.addAll(news);
        assertThat(ids(after.history()).stream().filter(known::contains))
                .as("remembered: history keeps its order")
                .containsExactlyElementsOf(kept);
        after.history().stream().filter(HistoryEntry::succeeded).forEach(entry -> {
            recordedSuccesses.add(entry.revision());
            assertThat(completed(entry.revision()))
                    .as("closed: %s is recorded as migrated", entry.revision())
                    .isTrue();
        });
    }

    static boolean activeMigration(Pod pod) {
        return SeenPod.ofMigrationJob(pod) && new SeenJob(new Job(), List.of(pod), List.of()).active();
    }

    private static List<String> ids(List<HistoryEntry> history) {
        return history.stream().map(HistoryEntry::id).toList();
    }

    private static String revision(Job job) {
        return job.getMetadata().getAnnotations().getOrDefault(Annotations.REVISION, "");
    }

    private static String what(Job job) {
        var annotations = job.getMetadata().getAnnotations();
        return annotations.get(Annotations.REVISION) + " from inputs " + annotations.get(Annotations.INPUTS)
                + " for trigger " + annotations.get(Annotations.TRIGGER);
    }
}
