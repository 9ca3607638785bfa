package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
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

        @JsonPropertyDescription("Name of the run's Job.") String job,

        @Nullable @JsonPropertyDescription("UID of the run's Job, once it was seen.")
        String jobUid,

        @JsonPropertyDescription(
                "Digest of everything the Job was made from. A failed run starts again when it changes.")
        String inputs,

        @Nullable @JsonPropertyDescription("The value of spec.trigger that this run answers.")
        String trigger,

        @JsonPropertyDescription("When the run was started.")
        String startTime,

        @Nullable @JsonPropertyDescription("How many migration pods have been started so far.")
        Integer attempt,

        @Nullable @JsonPropertyDescription("The revision that this run is being stopped for.")
        String replacedBy,

        @Nullable @JsonPropertyDescription("What the run is doing, or why it does not get on.")
        String message) {}
