package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A control annotation that was answered. The same value is not answered again. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HandledRequest(
        @JsonPropertyDescription(
                "Which annotation: approve, reject, retry, run, cancel, baseline, suspend-run or resume-run.")
        String request,

        @JsonPropertyDescription("Its value.") String value,

        @Nullable @JsonPropertyDescription("Who set it.") String by,

        @JsonPropertyDescription("When it was answered, RFC 3339.")
        String time,

        @JsonPropertyDescription("What came of it.") String result) {}
