package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run that has ended. Times are RFC 3339 in UTC with whole seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HistoryEntry(
        @JsonPropertyDescription("Identifies the run; part of its Job's name.")
        String id,

        @JsonPropertyDescription("The revision that this run migrated to.")
        String revision,

        @JsonPropertyDescription("The image that the migration ran.")
        String image,

        @JsonPropertyDescription("The workload whose template the Job was made from, as kind/name.")
        String workload,

        @JsonPropertyDescription("Name of the newest of the run's Jobs.")
        String job,

        @JsonPropertyDescription("How the run ended.") Outcome outcome,

        @JsonPropertyDescription("Digest of everything the Job was made from.")
        String inputs,

        @Nullable @JsonPropertyDescription("The value of spec.trigger that this run answered.")
        String trigger,

        @JsonPropertyDescription("When the run was started.")
        String startTime,

        @JsonPropertyDescription("When the run ended.") String completionTime,

        @Nullable @JsonPropertyDescription("How many pods were started for the run's last step.")
        Integer attempts,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The steps of the run, in order; absent if it was the migration alone.")
        List<StepStatus> steps,

        @Nullable @JsonPropertyDescription("Who approved the run, or said that the revision is migrated.")
        String approvedBy,

        @Nullable
        @JsonPropertyDescription("For a run of spec.down, the revision that the database was taken back from.")
        String rolledBackFrom,

        @Nullable
        @JsonPropertyDescription("Exit code and the line of the output that says why, or why the run could not go on.")
        String message,

        @Nullable
        @JsonPropertyDescription(
                "The last lines that the migration printed, at most 1000 characters, without the values of its Secrets; or why they are withheld.")
        String output) {

    /** Longest {@code output}, in characters; the end is kept. */
    public static final int MAX_OUTPUT = 1000;

    /** A run of which no output is known. */
    public HistoryEntry(
            String id,
            String revision,
            String image,
            String workload,
            String job,
            Outcome outcome,
            String inputs,
            @Nullable String trigger,
            String startTime,
            String completionTime,
            @Nullable Integer attempts,
            @Nullable String message) {
        this(
                id,
                revision,
                image,
                workload,
                job,
                outcome,
                inputs,
                trigger,
                startTime,
                completionTime,
                attempts,
                List.of(),
                null,
                null,
                message,
                null);
    }

    public HistoryEntry {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }

    /** The same without what takes much room: its steps and its output. */
    public HistoryEntry brief() {
        return new HistoryEntry(
                id,
                revision,
                image,
                workload,
                job,
                outcome,
                inputs,
                trigger,
                startTime,
                completionTime,
                attempts,
                List.of(),
                approvedBy,
                rolledBackFrom,
                message,
                null);
    }

    /** Whether the revision is migrated by this run. */
    public boolean succeeded() {
        return outcome.migrated();
    }
}
