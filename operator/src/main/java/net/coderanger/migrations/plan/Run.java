package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.plan.MigrationJob.Target;

/**
 * One effort to bring the database to a revision, as its Jobs tell it.
 *
 * @param jobs its Jobs, the oldest first; at least one
 * @param itinerary what it does in all; empty if the Job that told it is gone
 * @param step what its newest Job does
 * @param state how that Job stands
 * @param end how it is to end, if its next Job was only created to say so
 */
record Run(
        List<SeenJob> jobs,
        Optional<Itinerary> itinerary,
        PlannedStep step,
        JobState state,
        Optional<Course.Ended> end) {

    Run {
        jobs = List.copyOf(jobs);
    }

    /** The runs that these Jobs belong to. */
    static List<Run> of(List<SeenJob> jobs) {
        return jobs.stream().collect(Collectors.groupingBy(SeenJob::runId)).values().stream()
                .map(Run::one)
                .sorted(Comparator.comparing(Run::id))
                .toList();
    }

    private static Run one(List<SeenJob> unsorted) {
        var all = unsorted.stream()
                .sorted(Comparator.comparingInt(SeenJob::number))
                .toList();
        var working = all.stream().filter(job -> !job.endsItsRun()).toList();
        var jobs = working.isEmpty() ? all : working;
        var newest = jobs.getLast();
        var told = jobs.stream()
                .flatMap(job -> Optional.ofNullable(annotations(job).get(Annotations.STEPS)).stream())
                .findFirst();
        var itinerary = told.isPresent() ? told.flatMap(Itinerary::parse) : alone(jobs.getFirst());
        var step = MigrationJob.step(newest.job(), itinerary.flatMap(planned -> planned.named(newest.step())));
        return new Run(jobs, itinerary, step, JobState.of(newest), MigrationJob.end(all.getLast()));
    }

    /** A first Job that tells of no steps is the only one. */
    private static Optional<Itinerary> alone(SeenJob first) {
        return first.number() == 1
                ? Optional.of(new Itinerary(List.of(MigrationJob.step(first.job(), Optional.empty())), null))
                : Optional.empty();
    }

    SeenJob newest() {
        return jobs.getLast();
    }

    String id() {
        return newest().runId();
    }

    String revision() {
        return annotation(Annotations.REVISION);
    }

    String inputs() {
        return annotation(Annotations.INPUTS);
    }

    Optional<String> rolledBackFrom() {
        return Optional.ofNullable(annotations(jobs.getFirst()).get(Annotations.ROLLED_BACK_FROM));
    }

    Target target() {
        return new Target(id(), revision(), annotation(Annotations.WORKLOAD), inputs(), trigger(), rolledBackFrom());
    }

    /** The value of {@code spec.trigger} that the run answers. */
    Optional<String> trigger() {
        return Optional.ofNullable(annotations(jobs.getFirst()).get(Annotations.TRIGGER));
    }

    boolean active() {
        return state instanceof JobState.Going;
    }

    /** A step whose container has not started and cannot, as things are. */
    boolean stuck() {
        return state instanceof JobState.Going going
                && !going.everRan()
                && going.trouble().isPresent();
    }

    /** Whether its migration has succeeded. */
    boolean hasMigrated() {
        return (kindIsMigration(step.kind()) && state instanceof JobState.Succeeded)
                || step.kind() == StepKind.After
                || step.kind() == StepKind.OnFailure;
    }

    /** Whether somebody deleted the Job of its migration: how far that came is not known. */
    boolean lostItsMigration() {
        return kindIsMigration(step.kind()) && state instanceof JobState.Vanished;
    }

    private static boolean kindIsMigration(StepKind kind) {
        return kind == StepKind.Migration || kind == StepKind.Down;
    }

    Optional<JobState.Trouble> trouble() {
        return state instanceof JobState.Going going ? going.trouble() : Optional.empty();
    }

    /** The Jobs of a step. */
    List<SeenJob> jobsOf(PlannedStep which) {
        return jobs.stream().filter(job -> job.step().equals(which.name())).toList();
    }

    /** Pods that were started for the current step. */
    int attempts() {
        return jobsOf(step).stream()
                .mapToInt(job -> JobState.of(job).attempts())
                .sum();
    }

    /** Why the current step has failed, if it has. */
    Optional<String> failure() {
        return switch (state) {
            case JobState.Failed failed -> Optional.of(failed.message());
            case JobState.Vanished vanished ->
                Optional.of("its Job was deleted before it had ended; look at the database before it is run again");
            case JobState.Going going -> Optional.empty();
            case JobState.Succeeded succeeded -> Optional.empty();
        };
    }

    /** When the newest Job ended. */
    Instant ended(Instant now) {
        return ended(newest()).orElse(now);
    }

    static Optional<Instant> ended(SeenJob seen) {
        var status = seen.job().getStatus();
        if (status == null) {
            return Optional.empty();
        }
        return Stream.concat(
                        Optional.ofNullable(status.getCompletionTime()).stream(),
                        SeenPod.orEmpty(status.getConditions()).stream()
                                .filter(condition ->
                                        List.of("Complete", "Failed").contains(condition.getType()))
                                .map(condition -> condition.getLastTransitionTime())
                                .filter(Objects::nonNull))
                .findFirst()
                .map(Instant::parse);
    }

    /** The Job that is to follow the newest one. */
    MigrationJob next(PlannedStep which) {
        return new MigrationJob(target(), newest().number() + 1, which);
    }

    /** The image of its migration, or of what it does instead. */
    String image() {
        return itinerary.map(Itinerary::image).orElse(step.image());
    }

    String started() {
        return Objects.requireNonNullElse(jobs.getFirst().job().getMetadata().getCreationTimestamp(), "");
    }

    /** Who approved what needed approval, in the order in which they did. */
    Optional<String> approvedBy() {
        var names = jobs.stream()
                .flatMap(job -> Optional.ofNullable(annotations(job).get(Annotations.APPROVED_BY)).stream())
                .distinct()
                .collect(Collectors.joining(", "));
        return Optional.of(names).filter(any -> !any.isEmpty());
    }

    private String annotation(String key) {
        return annotations(jobs.getFirst()).getOrDefault(key, "");
    }

    static Map<String, String> annotations(SeenJob seen) {
        return annotations(seen.job());
    }

    private static Map<String, String> annotations(Job job) {
        return SeenPod.orEmpty(job.getMetadata().getAnnotations());
    }
}
