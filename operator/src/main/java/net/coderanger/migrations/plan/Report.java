package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.api.StepState;
import net.coderanger.migrations.api.StepStatus;
import net.coderanger.migrations.output.Excerpt;
import org.jspecify.annotations.Nullable;

/** What is told of runs in the status. */
final class Report {

    private Report() {}

    /**
     * A run that is going on.
     *
     * @param recorded as the status has had it so far
     */
    static RunStatus of(Run run, Optional<RunStatus> recorded, Course course, Wishes wishes, String message) {
        var newest = run.newest();
        return new RunStatus(
                run.id(),
                run.revision(),
                run.image(),
                run.target().workload(),
                newest.name(),
                newest.job().getMetadata().getUid(),
                run.itinerary().map(all -> place(all, run.step())).orElse(null),
                steps(run, recorded, course, Optional.empty()),
                run.inputs(),
                run.trigger().orElse(null),
                run.started(),
                attempts(run, recorded),
                course instanceof Course.Backoff backoff ? Timestamps.of(backoff.until()) : null,
                run.approvedBy().orElse(null),
                wishes.suspended() ? true : null,
                wishes.cancelledBy().orElse(null),
                run.rolledBackFrom().orElse(null),
                wishes.replacedBy().orElse(null),
                message);
    }

    /** The same once its next Job is created. */
    static RunStatus started(RunStatus run, Job job, Optional<Itinerary> itinerary, PlannedStep step) {
        return new RunStatus(
                run.id(),
                run.revision(),
                run.image(),
                run.workload(),
                job.getMetadata().getName(),
                null,
                itinerary.map(all -> place(all, step)).orElse(null),
                run.steps(),
                run.inputs(),
                run.trigger(),
                run.startTime(),
                0,
                null,
                run.approvedBy(),
                run.suspended(),
                run.cancelledBy(),
                run.rolledBackFrom(),
                run.replacedBy(),
                "its Job is created");
    }

    /** A run whose first Job is being created. */
    static RunStatus of(NextRun next, String job, Instant now) {
        var target = next.target();
        var itinerary = next.itinerary();
        return new RunStatus(
                target.id(),
                target.revision(),
                itinerary.image(),
                target.workload(),
                job,
                null,
                place(itinerary, itinerary.first()),
                itinerary.oneJob()
                        ? List.of()
                        : itinerary.steps().stream().map(Report::pending).toList(),
                target.inputs(),
                target.trigger().orElse(null),
                Timestamps.of(now),
                0,
                null,
                next.approvedBy().orElse(null),
                null,
                null,
                target.rolledBackFrom().orElse(null),
                null,
                "its Job is created");
    }

    /**
     * A run that has ended.
     *
     * @param recorded as the status has had it so far
     */
    static HistoryEntry of(Run run, Optional<RunStatus> recorded, Course.Ended ended, Wishes wishes, Instant now) {
        var parts = ended.outcome() == Outcome.Failed
                ? Stream.of(failure(run), ended.message())
                : Stream.of(ended.message(), ownFailure(run));
        var message = parts.flatMap(Optional::stream).collect(Collectors.joining("; "));
        return new HistoryEntry(
                run.id(),
                run.revision(),
                run.image(),
                run.target().workload(),
                run.newest().name(),
                ended.outcome(),
                run.inputs(),
                run.trigger().orElse(null),
                run.started(),
                Timestamps.of(Run.ended(run.newest()).orElse(now)),
                attempts(run, recorded),
                steps(run, recorded, ended, approver(wishes)),
                approvedBy(run, wishes),
                run.rolledBackFrom().orElse(null),
                message.isEmpty() ? null : message,
                output(run));
    }

    /** A revision that is decided about without a run. */
    static HistoryEntry decided(
            String id,
            String revision,
            String workload,
            Outcome outcome,
            String inputs,
            @Nullable String trigger,
            Requests.Request request,
            Instant now) {
        return new HistoryEntry(
                id,
                revision,
                revision,
                workload,
                "",
                outcome,
                inputs,
                trigger,
                Timestamps.of(now),
                Timestamps.of(now),
                null,
                List.of(),
                outcome == Outcome.Baseline ? request.by() : null,
                null,
                (outcome == Outcome.Baseline ? "said to be migrated by " : "rejected by ") + request.by() + ": "
                        + request.value(),
                null);
    }

    /** A run whose Jobs are gone although its outcome was never read. */
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
                run.steps().stream().map(Report::lost).toList(),
                run.approvedBy(),
                run.rolledBackFrom(),
                "its Job is gone, finalizer and all, before its outcome could be read; look at the database before it is run again",
                null);
    }

    private static StepStatus lost(StepStatus step) {
        return step.state() == StepState.Pending || step.state() == StepState.Succeeded
                ? step
                : new StepStatus(
                        step.name(),
                        step.kind(),
                        StepState.Failed,
                        step.job(),
                        step.attempts(),
                        step.startTime(),
                        step.completionTime(),
                        step.approvedBy());
    }

    /** The step that a run is at, as {@code number/of name}; a run of one Job has none. */
    static @Nullable String place(Itinerary itinerary, PlannedStep step) {
        if (itinerary.oneJob()) {
            return null;
        }
        var number = itinerary.number(step);
        return number == 0 ? step.name() : number + "/" + itinerary.steps().size() + " " + step.name();
    }

    /** After onFailure the reason is still that of the step before it. */
    private static Optional<String> failure(Run run) {
        var failed = run.jobs().stream()
                .filter(job -> !job.step().equals(Itinerary.ON_FAILURE))
                .reduce((older, newer) -> newer);
        return failed.flatMap(job -> switch (JobState.of(job)) {
            case JobState.Failed state -> Optional.of(inStep(run, job, state.message()));
            case JobState.Vanished state ->
                Optional.of(inStep(
                        run,
                        job,
                        "its Job was deleted before it had ended; look at the database before it is run again"));
            case JobState.Going state -> Optional.empty();
            case JobState.Succeeded state -> Optional.empty();
        });
    }

    /** That of a step that has failed by itself, and was not stopped. */
    private static Optional<String> ownFailure(Run run) {
        return run.state() instanceof JobState.Failed ? failure(run) : Optional.empty();
    }

    private static String inStep(Run run, SeenJob job, String why) {
        return run.itinerary().filter(Itinerary::oneJob).isPresent()
                        || run.itinerary().isEmpty()
                ? why
                : "step " + job.step() + ": " + why;
    }

    private static @Nullable String output(Run run) {
        return telling(run)
                .output()
                .map(output -> Excerpt.end(output, HistoryEntry.MAX_OUTPUT))
                .orElse(null);
    }

    private static Optional<String> approver(Wishes wishes) {
        return wishes.decision().filter(Wishes.Decision::approved).map(Wishes.Decision::by);
    }

    /** The Job whose output is worth keeping: that of the step which failed, else the migration's. */
    private static SeenJob telling(Run run) {
        var failed = run.jobs().stream()
                .filter(job -> JobState.of(job) instanceof JobState.Failed)
                .filter(job -> !job.step().equals(Itinerary.ON_FAILURE))
                .reduce((older, newer) -> newer);
        var main = run.jobs().stream()
                .filter(job ->
                        job.step().equals(Itinerary.MIGRATION) || job.step().equals(Itinerary.DOWN))
                .reduce((older, newer) -> newer);
        return run.failure().isPresent() || run.step().kind() == StepKind.OnFailure
                ? failed.orElse(run.newest())
                : main.orElse(run.newest());
    }

    private static @Nullable String approvedBy(Run run, Wishes wishes) {
        var last = approver(wishes);
        return run.approvedBy()
                .map(names -> last.filter(name -> !List.of(names.split(", ")).contains(name))
                        .map(name -> names + ", " + name)
                        .orElse(names))
                .or(() -> last)
                .orElse(null);
    }

    private static StepStatus pending(PlannedStep step) {
        return new StepStatus(step.name(), step.kind(), StepState.Pending, null, null, null, null, null);
    }

    /** Pods that were started for the current step. Those of a Job that was deleted may be gone, and were counted before. */
    private static int attempts(Run run, Optional<RunStatus> recorded) {
        var before = recorded.filter(known -> known.job().equals(run.newest().name()))
                .map(RunStatus::attempt)
                .orElse(0);
        return Math.max(run.attempts(), before);
    }

    private static int attempts(List<SeenJob> jobs, PlannedStep step, Optional<RunStatus> recorded) {
        var seen = jobs.stream().mapToInt(job -> JobState.of(job).attempts()).sum();
        var before = recorded.stream()
                .flatMap(known -> known.steps().stream())
                .filter(known -> known.name().equals(step.name()))
                .findFirst()
                .map(StepStatus::attempts)
                .orElse(0);
        return Math.max(seen, before);
    }

    private static List<StepStatus> steps(
            Run run, Optional<RunStatus> recorded, Course course, Optional<String> approver) {
        var itinerary = run.itinerary();
        if (itinerary.isEmpty() || itinerary.get().oneJob()) {
            return List.of();
        }
        var steps = new ArrayList<StepStatus>();
        itinerary.get().steps().forEach(step -> steps.add(step(run, recorded, step, course, approver)));
        Optional.ofNullable(itinerary.get().onFailure())
                .filter(step -> !run.jobsOf(step).isEmpty())
                .ifPresent(step -> steps.add(step(run, recorded, step, course, approver)));
        return steps;
    }

    private static StepStatus step(
            Run run, Optional<RunStatus> recorded, PlannedStep step, Course course, Optional<String> approver) {
        var jobs = run.jobsOf(step);
        if (jobs.isEmpty()) {
            return pending(step);
        }
        var newest = jobs.getLast();
        var current = step.name().equals(run.step().name());
        return new StepStatus(
                step.name(),
                step.kind(),
                state(newest, current, course),
                newest.name(),
                attempts(jobs, step, recorded),
                Objects.requireNonNullElse(jobs.getFirst().job().getMetadata().getCreationTimestamp(), ""),
                Run.ended(newest).map(Timestamps::of).orElse(null),
                current ? approver.orElse(null) : approver(run, newest));
    }

    private static StepState state(SeenJob newest, boolean current, Course course) {
        if (current && course instanceof Course.Awaiting) {
            return StepState.AwaitingApproval;
        }
        return switch (JobState.of(newest)) {
            case JobState.Going going -> StepState.Running;
            case JobState.Succeeded succeeded -> StepState.Succeeded;
            case JobState.Failed failed ->
                current && course instanceof Course.Backoff ? StepState.Retrying : StepState.Failed;
            case JobState.Vanished vanished -> StepState.Failed;
        };
    }

    /** Whoever let a run go on after a step stands on the Job that was started then. */
    private static @Nullable String approver(Run run, SeenJob last) {
        return run.jobs().stream()
                .filter(job -> job.number() == last.number() + 1)
                .findFirst()
                .map(job -> Run.annotations(job).get(Annotations.APPROVED_BY))
                .orElse(null);
    }
}
