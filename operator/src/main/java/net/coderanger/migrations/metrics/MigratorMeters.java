package net.coderanger.migrations.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.controller.Listener;
import net.coderanger.migrations.plan.StatusChange;

/** Counts what happens to Migrators. Every series exists from the start, so that the first failure is an increase, too. */
final class MigratorMeters implements Listener {

    private static final Duration[] RUNS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1),
        Duration.ofHours(4)
    };
    private static final Duration[] RELEASES = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final Map<Outcome, Counter> runs;
    private final Map<Outcome, Timer> durations;
    private final Counter retries;
    private final Timer releases;

    MigratorMeters(MeterRegistry registry) {
        runs = byOutcome(outcome -> Counter.builder("migrations.runs")
                .description("Runs that have ended, by outcome.")
                .tag("outcome", outcome.name())
                .register(registry));
        durations = byOutcome(outcome -> Timer.builder("migrations.run.duration")
                .description("From a run's start to its end.")
                .tag("outcome", outcome.name())
                .serviceLevelObjectives(RUNS)
                .register(registry));
        retries = Counter.builder("migrations.retries")
                .description("Attempts that were started because an earlier one of the same run had failed.")
                .register(registry);
        releases = Timer.builder("migrations.release.latency")
                .description(
                        "From the end of the migration that a waiting pod needs, or its creation if that is later, to"
                                + " its release; up to one second too long, because Kubernetes keeps whole seconds.")
                .serviceLevelObjectives(RELEASES)
                .register(registry);
    }

    @Override
    public void statusWritten(StatusChange change) {
        change.ended().forEach(this::ended);
        retries.increment(change.retries());
    }

    @Override
    public void released(Duration latency) {
        releases.record(latency.isNegative() ? Duration.ZERO : latency);
    }

    private void ended(HistoryEntry entry) {
        of(runs, entry).increment();
        duration(entry).ifPresent(took -> of(durations, entry).record(took));
    }

    private static Optional<Duration> duration(HistoryEntry entry) {
        try {
            return Optional.of(
                            Duration.between(Instant.parse(entry.startTime()), Instant.parse(entry.completionTime())))
                    .filter(took -> !took.isNegative());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static <M> Map<Outcome, M> byOutcome(Function<Outcome, M> meter) {
        return Arrays.stream(Outcome.values()).collect(Collectors.toMap(Function.identity(), meter));
    }

    private static <M> M of(Map<Outcome, M> meters, HistoryEntry entry) {
        return Objects.requireNonNull(meters.get(entry.outcome()));
    }
}
