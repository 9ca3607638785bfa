package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.output.Excerpt;
import org.jspecify.annotations.Nullable;

/** One effort to bring the database to a revision, as its Job tells it. */
record Run(SeenJob seen, JobState state) {

    static Run of(SeenJob job) {
        return new Run(job, JobState.of(job));
    }

    String id() {
        return seen.runId();
    }

    String revision() {
        return annotation(Annotations.REVISION);
    }

    String inputs() {
        return annotation(Annotations.INPUTS);
    }

    boolean going() {
        return state instanceof JobState.Going;
    }

    /** A Job whose pods exist but whose migration has not started and cannot, as things are. */
    boolean stuckBeforeItRan() {
        return state instanceof JobState.Going going
                && !going.everRan()
                && going.trouble().isPresent();
    }

    Optional<JobState.Trouble> trouble() {
        return state instanceof JobState.Going going ? going.trouble() : Optional.empty();
    }

    RunStatus status(@Nullable String replacedBy, String message) {
        var job = seen.job();
        return new RunStatus(
                id(),
                revision(),
                image(job),
                annotation(Annotations.WORKLOAD),
                seen.name(),
                job.getMetadata().getUid(),
                inputs(),
                annotations().get(Annotations.TRIGGER),
                started(job),
                state.attempts(),
                replacedBy,
                message);
    }

    /** The run's place in history, if it has ended. */
    Optional<HistoryEntry> ended(@Nullable RunStatus before, Instant now) {
        return switch (state) {
            case JobState.Going going -> Optional.empty();
            case JobState.Succeeded succeeded -> Optional.of(entry(Outcome.Succeeded, null, now));
            case JobState.Failed failed -> Optional.of(entry(Outcome.Failed, failed.message(), now));
            case JobState.Vanished vanished -> {
                var replacedBy = before != null && before.id().equals(id()) ? before.replacedBy() : null;
                yield Optional.of(
                        replacedBy == null
                                ? entry(
                                        Outcome.Failed,
                                        "its Job was deleted before it had ended; look at the database before it is run again",
                                        now)
                                : entry(Outcome.Replaced, "stopped for " + replacedBy, now));
            }
        };
    }

    /** The place in history of a run whose Job is gone although its outcome was never read. */
    static HistoryEntry lost(RunStatus run, Instant now) {
        return new HistoryEntry(
                run.id(),
                run.revision(),
                run.image(),
                run.workload(),
                run.job(),
                Outcome.Failed,
                run.inputs(),
                run.trigger(),
                run.startTime(),
                Timestamps.of(now),
                run.attempt(),
                "its Job is gone, finalizer and all, before its outcome could be read; look at the database before it is run again");
    }

    private HistoryEntry entry(Outcome outcome, @Nullable String message, Instant now) {
        var job = seen.job();
        var completed = job.getStatus() == null ? null : job.getStatus().getCompletionTime();
        return new HistoryEntry(
                id(),
                revision(),
                image(job),
                annotation(Annotations.WORKLOAD),
                seen.name(),
                outcome,
                inputs(),
                annotations().get(Annotations.TRIGGER),
                started(job),
                Objects.requireNonNullElseGet(completed, () -> Timestamps.of(now)),
                state.attempts(),
                message,
                seen.output()
                        .map(output -> Excerpt.end(output, HistoryEntry.MAX_OUTPUT))
                        .orElse(null));
    }

    private static String image(Job job) {
        return job.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
    }

    private static String started(Job job) {
        return Objects.requireNonNullElse(job.getMetadata().getCreationTimestamp(), "");
    }

    private String annotation(String key) {
        return annotations().getOrDefault(key, "");
    }

    private Map<String, String> annotations() {
        return SeenPod.orEmpty(seen.job().getMetadata().getAnnotations());
    }
}
