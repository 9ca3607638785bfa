package net.coderanger.migrations.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.controller.Listener;
import net.coderanger.migrations.plan.StatusChange;
import org.jspecify.annotations.Nullable;

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
    private final Map<StepKind, Timer> steps;
    private final Counter retries;
    private final Timer releases;

    MigratorMeters(MeterRegistry registry) {
        runs = each(
                Outcome.values(),
                outcome -> Counter.builder("migrations.runs")
                        .description("Runs that have ended, by outcome.")
                        .tag("outcome", outcome.name())
                        .register(registry));
        durations = each(
                Outcome.values(),
                outcome -> Timer.builder("migrations.run.duration")
                        .description("From a run's start to its end, with the time that it waited for approval.")
                        .tag("outcome", outcome.name())
                        .serviceLevelObjectives(RUNS)
                        .register(registry));
        steps = each(
                StepKind.values(),
                kind -> Timer.builder("migrations.step.duration")
                        .description("From the start of a step of a run to its end, with all its attempts.")
                        .tag("step", label(kind))
                        .serviceLevelObjectives(RUNS)
                        .register(registry));
        retries = Counter.builder("migrations.retries")
                .description("Attempts that were started because an earlier one of the same step had failed.")
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
        change.stepsEnded()
                .forEach(step -> duration(step.startTime(), step.completionTime())
                        .ifPresent(took -> of(steps, step.kind()).record(took)));
    }

    @Override
    public void released(Duration latency) {
        releases.record(latency.isNegative() ? Duration.ZERO : latency);
    }

    private void ended(HistoryEntry entry) {
        of(runs, entry.outcome()).increment();
        if (!entry.job().isEmpty()) { // else it was decided without a run
            duration(entry.startTime(), entry.completionTime())
                    .ifPresent(took -> of(durations, entry.outcome()).record(took));
        }
    }

    private static Optional<Duration> duration(@Nullable String start, @Nullable String end) {
        if (start == null || end == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.between(Instant.parse(start), Instant.parse(end)))
                    .filter(took -> !took.isNegative());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static <E, M> Map<E, M> each(E[] values, Function<E, M> meter) {
        return Arrays.stream(values).collect(Collectors.toMap(Function.identity(), meter));
    }

    private static <E, M> M of(Map<E, M> meters, E value) {
        return Objects.requireNonNull(meters.get(value));
    }

    /** As the fields of a Migrator's spec are written. */
    private static String label(StepKind kind) {
        return kind.name().substring(0, 1).toLowerCase(Locale.ROOT)
                + kind.name().substring(1);
    }
}
