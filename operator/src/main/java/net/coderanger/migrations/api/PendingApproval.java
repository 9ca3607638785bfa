package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What a person has to decide. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PendingApproval(
        @JsonPropertyDescription("The value of the annotation approve, or reject, that decides it.")
        String value,

        @JsonPropertyDescription("The revision that waits.") String revision,

        @Nullable @JsonPropertyDescription("The step after which the run waits. Absent: the run has not started.")
        String step,

        @JsonPropertyDescription("Since when it waits, RFC 3339.")
        String since,

        @Nullable @JsonPropertyDescription("The step's last lines of output, without the values of Secrets.")
        String output) {}
