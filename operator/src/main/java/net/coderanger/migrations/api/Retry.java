package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often a step whose Job has failed is given another Job. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Retry(
        @Nullable
        @Default("0")
        @Min(0)
        @Max(100)
        @JsonPropertyDescription(
                "How many further Jobs a failed step gets, each with its own job.backoffLimit, before the run has failed.")
        Integer limit,

        @Nullable
        @Default("10")
        @Min(1)
        @Max(300)
        @JsonPropertyDescription(
                "Seconds before the first further Job; doubled with each further one, up to 300. The time of the next stands in status.run.nextAttemptTime.")
        Integer backoffSeconds) {

    public static final Retry NONE = new Retry(null, null);

    private static final int DEFAULT_BACKOFF_SECONDS = 10;
    private static final Duration LONGEST = Duration.ofMinutes(5);

    public int limitOrDefault() {
        return limit == null ? 0 : limit;
    }

    /**
     * How long to wait after a failed Job.
     *
     * @param failed how many Jobs of the step have failed so far, at least 1
     */
    public Duration backoff(int failed) {
        var first = backoffSeconds == null ? DEFAULT_BACKOFF_SECONDS : backoffSeconds;
        var seconds = first * Math.pow(2, failed - 1.0);
        return seconds >= LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds((long) seconds);
    }
}
