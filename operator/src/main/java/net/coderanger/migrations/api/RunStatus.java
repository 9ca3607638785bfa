package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The run that is going on. Times are RFC 3339 in UTC with whole seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunStatus(
        @JsonPropertyDescription("Identifies the run; part of its Job's name.")
        String id,

        @JsonPropertyDescription("The revision that this run migrates to.")
        String revision,

        @JsonPropertyDescription("The image that the migration runs.")
        String image,

        @JsonPropertyDescription("The workload whose template the Job was made from, as kind/name.")
        String workload,

        @JsonPropertyDescription("Name of the newest of the run's Jobs.")
        String job,

        @Nullable @JsonPropertyDescription("UID of that Job, once it was seen.")
        String jobUid,

        @Nullable @JsonPropertyDescription("Which step the run is at, as number/of name.")
        String step,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonPropertyDescription("The steps of the run, in order.")
        List<StepStatus> steps,

        @JsonPropertyDescription(
                "Digest of everything the Job was made from. A failed run starts again when it changes.")
        String inputs,

        @Nullable @JsonPropertyDescription("The value of spec.trigger that this run answers.")
        String trigger,

        @JsonPropertyDescription("When the run was started.")
        String startTime,

        @Nullable @JsonPropertyDescription("How many pods have been started for the current step so far.")
        Integer attempt,

        @Nullable @JsonPropertyDescription("When the current step, which has failed, is tried again, RFC 3339.")
        String nextAttemptTime,

        @Nullable @JsonPropertyDescription("Who approved the run, before it started or after a step.")
        String approvedBy,

        @Nullable @JsonPropertyDescription("Whether the run starts no further step because of suspend-run.")
        Boolean suspended,

        @Nullable @JsonPropertyDescription("Who is stopping this run by cancel.")
        String cancelledBy,

        @Nullable @JsonPropertyDescription("For a run of spec.down, the revision that the database is taken back from.")
        String rolledBackFrom,

        @Nullable @JsonPropertyDescription("The revision that this run is being stopped for.")
        String replacedBy,

        @Nullable @JsonPropertyDescription("What the run is doing, or why it does not get on.")
        String message) {

    public RunStatus {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }

    public boolean startsNoFurtherStep() {
        return Boolean.TRUE.equals(suspended);
    }
}
