package net.coderanger.migrations.plan;

import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.plan.Course.Ended;
import net.coderanger.migrations.plan.Requests.Request;
import org.jspecify.annotations.Nullable;

/**
 * What users want of a run that is going on.
 *
 * @param cancelledBy who wants it to end
 * @param replacedBy the revision that it is to make place for
 * @param decision what somebody has decided about the step that has just ended
 * @param retryNow that a failed step is tried again at once
 * @param suspended whether no further step starts
 */
record Wishes(
        Optional<String> cancelledBy,
        Optional<String> replacedBy,
        Optional<Decision> decision,
        Optional<Request> retryNow,
        boolean suspended) {

    /**
     * A person's answer to a step that asked.
     *
     * @param by who
     * @param request it as it was made
     */
    record Decision(boolean approved, String by, Request request) {

        String rejection() {
            return "rejected by " + by + ": " + request.value();
        }
    }

    /**
     * Reads them.
     *
     * @param before the run as the status has it, if it is that run
     * @param canRetry whether its step has failed and may be tried again
     */
    static Wishes of(
            Run run, @Nullable RunStatus before, Optional<String> replacedBy, boolean canRetry, Requests requests) {
        var cancelledBy = Optional.ofNullable(before)
                .map(RunStatus::cancelledBy)
                .or(() -> requests.open(ControlAnnotation.Cancel).map(Request::by));
        var suspended = requests.open(ControlAnnotation.ResumeRun).isEmpty()
                && (requests.open(ControlAnnotation.SuspendRun).isPresent()
                        || (before != null && before.startsNoFurtherStep()));
        var retryNow = requests.open(ControlAnnotation.Retry).filter(any -> canRetry);
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

    /** Answers what is asked of a run that takes this course, but for what its next Job will be the answer to. */
    void answer(Run run, Course course, Requests requests) {
        var its = "run " + run.id();
        if (course instanceof Ended ended) {
            var late = "ignored, because " + its + " has ended: " + ended.outcome();
            requests.answer(
                    ControlAnnotation.Cancel, ended.outcome() == Outcome.Cancelled ? its + " is stopped" : late);
            requests.answer(ControlAnnotation.SuspendRun, late);
            requests.answer(ControlAnnotation.ResumeRun, late);
            decision.ifPresent(decided -> decided(run, ended.outcome(), requests));
        } else {
            requests.answer(ControlAnnotation.Cancel, its + " is stopped");
            requests.answer(ControlAnnotation.SuspendRun, its + " starts no further step");
            requests.answer(ControlAnnotation.ResumeRun, its + " goes on");
            if (retryNow.isEmpty()) {
                requests.answer(ControlAnnotation.Retry, "ignored, because " + its + " is going on");
            }
        }
    }

    /** Answers what has led to the run's end, or to its next step. */
    void decided(Run run, Outcome outcome, Requests requests) {
        decision.ifPresent(decided -> requests.answer(
                decided.request().what(),
                "run " + run.id()
                        + switch (outcome) {
                            case Succeeded -> " goes on after step ";
                            case Rejected -> " ends after step ";
                            default -> " had ended otherwise (" + outcome + ") after step ";
                        }
                        + run.step().name()));
    }
}
