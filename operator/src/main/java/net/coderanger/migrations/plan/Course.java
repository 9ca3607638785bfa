package net.coderanger.migrations.plan;

import java.time.Instant;
import java.util.Optional;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Retry;
import net.coderanger.migrations.api.StepApproval;
import net.coderanger.migrations.api.StepKind;

/** What comes next in a run. */
sealed interface Course {

    /** Its newest Job has not ended. */
    record Going() implements Course {}

    /** Somebody has to say whether it goes on. */
    record Awaiting() implements Course {}

    /** The current step has failed, and is tried again later. */
    record Backoff(Instant until) implements Course {}

    /** {@code suspend-run} keeps it from starting its next step. */
    record Paused(PlannedStep next) implements Course {}

    /** A step is to be started: the next one, or the current one again. */
    record Next(PlannedStep step) implements Course {}

    /** It is to end, although another leader may be about to start its next step: that step's name has to be taken first. */
    record Ending(Ended end) implements Course {}

    /** It has ended. */
    record Ended(Outcome outcome, Optional<String> message) implements Course {}

    /**
     * Finds it.
     *
     * @param wishes what users want of the run
     * @param retry how often a failed step is tried again
     */
    static Course of(Run run, Wishes wishes, Retry retry, Instant now) {
        if (run.end().isPresent()) {
            return run.end().get();
        }
        return switch (run.state()) {
            case JobState.Going going -> new Going();
            case JobState.Succeeded succeeded -> afterSuccess(run, succeeded, wishes);
            case JobState.Failed failed -> afterFailure(run, wishes, retry, now);
            case JobState.Vanished vanished ->
                wishes.stop()
                        .filter(end -> run.jobsOf(run.step()).size() == 1 || !repairs(run, wishes))
                        .map(end -> end(end, onFailure(run).isPresent()))
                        .orElseGet(() -> forGood(run, wishes));
        };
    }

    /**
     * The end of a run because somebody wants it.
     *
     * @param goesOn whether it would go on if nobody did
     */
    private static Course end(Ended end, boolean goesOn) {
        return goesOn ? new Ending(end) : end;
    }

    private static Course afterSuccess(Run run, JobState.Succeeded succeeded, Wishes wishes) {
        var step = run.step();
        if (step.kind() == StepKind.OnFailure) {
            return new Ended(Outcome.Failed, Optional.of("onFailure has run and succeeded"));
        }
        var next = run.itinerary().flatMap(all -> all.following(step));
        var asks = step.approval() == StepApproval.Always || succeeded.lookAsked();
        if (next.isEmpty() && !asks) {
            return run.itinerary().isPresent()
                    ? new Ended(Outcome.Succeeded, Optional.empty())
                    : new Ended(
                            Outcome.Failed,
                            Optional.of("its first Job is gone, and with it what comes after step " + step.name()));
        }
        if (wishes.stop().isPresent()) {
            return end(wishes.stop().get(), next.isPresent());
        }
        if (asks && wishes.decision().isEmpty()) {
            return new Awaiting();
        }
        if (asks && !wishes.decision().get().approved()) {
            var rejection = wishes.decision().get().rejection();
            return end(new Ended(Outcome.Rejected, Optional.of(rejection)), next.isPresent());
        }
        return next.<Course>map(following -> wishes.suspended() ? new Paused(following) : new Next(following))
                .orElseGet(() -> new Ended(Outcome.Succeeded, Optional.empty()));
    }

    private static Course afterFailure(Run run, Wishes wishes, Retry retry, Instant now) {
        var failed = run.jobsOf(run.step()).size();
        var last = run.step().kind() == StepKind.OnFailure || failed > retry.limitOrDefault();
        var over = last && onFailure(run).isEmpty();
        var ownEnd = last || onFailure(run).isPresent();
        if (wishes.stop().isPresent() && (wishes.cancelledBy().isPresent() || !ownEnd)) {
            return end(wishes.stop().get(), !over);
        }
        if (last || wishes.stop().isPresent()) {
            return forGood(run, wishes);
        }
        var until = run.ended(now).plus(retry.backoff(failed));
        if (until.isAfter(now) && wishes.retryNow().isEmpty()) {
            return new Backoff(until);
        }
        return wishes.suspended() ? new Paused(run.step()) : new Next(run.step());
    }

    private static Course forGood(Run run, Wishes wishes) {
        if (run.step().kind() == StepKind.OnFailure) {
            return new Ended(
                    Outcome.Failed,
                    Optional.of("onFailure has failed, too: " + run.failure().orElse("")));
        }
        return onFailure(run)
                .<Course>map(step -> wishes.suspended() ? new Paused(step) : new Next(step))
                .orElseGet(() -> new Ended(Outcome.Failed, Optional.empty()));
    }

    /** Whether a run that has failed may make place only when {@code onFailure} has run: nobody has asked to leave things as they are. */
    private static boolean repairs(Run run, Wishes wishes) {
        return wishes.cancelledBy().isEmpty() && onFailure(run).isPresent();
    }

    /** What follows when the current step has failed for good. */
    private static Optional<PlannedStep> onFailure(Run run) {
        return run.itinerary()
                .flatMap(all -> Optional.ofNullable(all.onFailure()))
                .filter(step -> run.step().kind().touchesSchema());
    }
}
