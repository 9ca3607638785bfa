package net.coderanger.migrations.plan;

import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.plan.Course.Ended;
import org.jspecify.annotations.Nullable;

/**
 * What users want of a run that is going on.
 *
 * @param cancelledBy who wants it to end
 * @param replacedBy the revision that it is to make place for
 * @param decision what somebody has decided about the step that has just ended
 * @param retryNow whether a failed step is tried again at once
 * @param suspended whether no further step starts
 */
record Wishes(
        Optional<String> cancelledBy,
        Optional<String> replacedBy,
        Optional<Decision> decision,
        boolean retryNow,
        boolean suspended) {

    /**
     * A person's answer to a step that asked.
     *
     * @param by who
     * @param request it as it was made
     */
    record Decision(boolean approved, String by, Requests.Request request) {

        String rejection() {
            return "rejected by " + by + ": " + request.value();
        }
    }

    /**
     * Reads them, and answers the requests that they come from.
     *
     * @param before the run as the status has it, if it is that run
     */
    static Wishes of(
            Run run, @Nullable RunStatus before, Optional<String> replacedBy, boolean canRetry, Requests requests) {
        var cancelledBy = Optional.ofNullable(before)
                .map(RunStatus::cancelledBy)
                .or(() -> requests.answered(ControlAnnotation.Cancel, "run " + run.id() + " is stopped"));
        var suspended = before != null && before.startsNoFurtherStep();
        if (requests.answered(ControlAnnotation.SuspendRun, "run " + run.id() + " starts no further step")
                .isPresent()) {
            suspended = true;
        }
        if (requests.answered(ControlAnnotation.ResumeRun, "run " + run.id() + " goes on")
                .isPresent()) {
            suspended = false;
        }
        var retryNow = canRetry
                && requests.answered(
                                ControlAnnotation.Retry, "step " + run.step().name() + " is tried again at once")
                        .isPresent();
        return new Wishes(cancelledBy, replacedBy, decision(run, requests), retryNow, suspended);
    }

    /** What the value of {@code approve} or {@code reject} has to begin with so that it is about the run's newest step. */
    static String decisive(Run run) {
        return run.revision() + " " + run.newest().name();
    }

    private static Optional<Decision> decision(Run run, Requests requests) {
        var said = decisive(run);
        return requests.open(ControlAnnotation.Reject)
                .filter(request -> request.says(said))
                .map(request -> new Decision(false, request.by(), request))
                .or(() -> requests.open(ControlAnnotation.Approve)
                        .filter(request -> request.says(said))
                        .map(request -> new Decision(true, request.by(), request)));
    }

    /** How the run ends if it is to be stopped. */
    Optional<Ended> stop() {
        return cancelledBy
                .map(by -> new Ended(Outcome.Cancelled, Optional.of("cancelled by " + by)))
                .or(() -> replacedBy.map(by -> new Ended(Outcome.Replaced, Optional.of("stopped for " + by))));
    }
}
