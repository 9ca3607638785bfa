package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A step of a run. Times are RFC 3339 in UTC with whole seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepStatus(
        @JsonPropertyDescription("Name of the step; the migration itself is called migration.")
        String name,

        @JsonPropertyDescription("Before, Migration, Down, After or OnFailure.")
        StepKind kind,

        @JsonPropertyDescription("Where the step stands.") StepState state,

        @Nullable @JsonPropertyDescription("Name of the step's newest Job.")
        String job,

        @Nullable @JsonPropertyDescription("How many pods were started for the step so far, over all its Jobs.")
        Integer attempts,

        @Nullable @JsonPropertyDescription("When the step's first Job was created.")
        String startTime,

        @Nullable @JsonPropertyDescription("When the step's newest Job ended.")
        String completionTime,

        @Nullable @JsonPropertyDescription("Who approved that the run goes on after this step.")
        String approvedBy) {}
