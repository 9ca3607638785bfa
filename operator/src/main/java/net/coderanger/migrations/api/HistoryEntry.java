package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
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

        @JsonPropertyDescription("Name of the run's Job.") String job,

        @JsonPropertyDescription("How the run ended.") Outcome outcome,

        @JsonPropertyDescription("Digest of everything the Job was made from.")
        String inputs,

        @Nullable @JsonPropertyDescription("The value of spec.trigger that this run answered.")
        String trigger,

        @JsonPropertyDescription("When the run was started.")
        String startTime,

        @JsonPropertyDescription("When the run ended.") String completionTime,

        @Nullable @JsonPropertyDescription("How many migration pods were started.")
        Integer attempts,

        @Nullable
        @JsonPropertyDescription(
                "Exit code, termination message and last lines of output, or why the run could not go on.")
        String message) {

    public boolean succeeded() {
        return outcome == Outcome.Succeeded;
    }
}
