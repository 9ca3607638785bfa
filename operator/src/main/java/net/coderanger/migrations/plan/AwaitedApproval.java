package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.output.Excerpt;
import org.jspecify.annotations.Nullable;

/** What somebody has to approve before anything goes on. */
final class AwaitedApproval {

    private AwaitedApproval() {}

    /** Of a step of a run. */
    static Optional<PendingApproval> of(Observation seen, Run run, Course course, Requests requests) {
        return course instanceof Course.Awaiting
                ? Optional.of(pending(
                        seen,
                        requests,
                        Wishes.decisive(run),
                        run.revision(),
                        run.step().name(),
                        run.newest()
                                .output()
                                .map(output -> Excerpt.end(output, HistoryEntry.MAX_OUTPUT))
                                .orElse(null)))
                : Optional.empty();
    }

    /** Of a run that has not begun. */
    static Optional<PendingApproval> of(Observation seen, List<Prospect> prospects, Requests requests) {
        return prospects.stream()
                .filter(Prospect.NeedsApproval.class::isInstance)
                .findFirst()
                .map(prospect -> prospect.candidate().desired())
                .map(revision -> pending(seen, requests, revision, revision, null, null));
    }

    private static PendingApproval pending(
            Observation seen,
            Requests requests,
            String decisive,
            String revision,
            @Nullable String step,
            @Nullable String output) {
        var value = requests.unused(decisive, ControlAnnotation.Approve, ControlAnnotation.Reject);
        var since = Optional.ofNullable(seen.status().pendingApproval())
                .filter(known -> known.value().equals(value))
                .map(PendingApproval::since)
                .orElseGet(() -> Timestamps.of(seen.now()));
        return new PendingApproval(value, revision, step, since, output);
    }
}
