package net.coderanger.migrations.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The gauges of state: pure, from what is known of the Migrators at a moment. */
final class StateGauges {

    private static final BinaryOperator<Double> SUM = Double::sum;
    private static final BinaryOperator<Double> MAX = Math::max;

    private final List<MigratorState> states;
    private final boolean perMigrator;
    private final Instant now;

    /**
     * Of these Migrators.
     *
     * @param perMigrator whether each has series of its own, with the labels namespace and migrator
     */
    StateGauges(List<MigratorState> states, boolean perMigrator, Instant now) {
        this.states = List.copyOf(states);
        this.perMigrator = perMigrator;
        this.now = now;
    }

    MetricSnapshots snapshots() {
        return MetricSnapshots.of(
                phases(),
                gauge(
                        "migrations_waiting_pods",
                        "Pods that are held back now.",
                        state -> state.waitingSince().size(),
                        SUM),
                gauge(
                        "migrations_oldest_waiting_pod_seconds",
                        "Age of the oldest pod that is held back now; 0 if none is.",
                        state -> age(state.waitingSince().stream().min(Comparator.naturalOrder())),
                        MAX),
                gauge(
                        "migrations_ungated_pods",
                        "Pods that run, or will, although their revision is not migrated.",
                        MigratorState::ungatedPods,
                        SUM),
                gauge(
                        "migrations_longest_run_seconds",
                        "For how long the run that was started first of those that are going on has been going on; 0 if none is.",
                        state -> age(state.runningSince()),
                        MAX),
                gauge(
                        "migrations_pending_approvals",
                        "Runs that wait for a person's approval.",
                        state -> state.approvalSince().isPresent() ? 1 : 0,
                        SUM),
                gauge(
                        "migrations_oldest_pending_approval_seconds",
                        "For how long the first of them has been waiting; 0 if none is.",
                        state -> age(state.approvalSince()),
                        MAX));
    }

    /** Every phase has its series, also at zero: an alert must tell "none" from "not known". */
    private GaugeSnapshot phases() {
        var gauge = GaugeSnapshot.builder()
                .name("migrations_migrators")
                .help(
                        "Migrators by phase. Stopped: Failed, because somebody has cancelled the run or rejected it. Unknown: without"
                                + " a status so far.");
        MigratorState.phases()
                .forEach(phase -> totals(
                                MigratorState::exists, state -> state.phase().equals(phase) ? 1 : 0, SUM)
                        .forEach(total -> gauge.dataPoint(total.point(Labels.of("phase", phase)))));
        return gauge.build();
    }

    private GaugeSnapshot gauge(
            String name, String help, ToDoubleFunction<MigratorState> value, BinaryOperator<Double> together) {
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        totals(any -> true, value, together).forEach(total -> gauge.dataPoint(total.point(Labels.EMPTY)));
        return gauge.build();
    }

    private record Total(Labels labels, double value) {
        GaugeDataPointSnapshot point(Labels more) {
            return GaugeDataPointSnapshot.builder()
                    .labels(labels.merge(more))
                    .value(value)
                    .build();
        }
    }

    private List<Total> totals(
            Predicate<MigratorState> counted, ToDoubleFunction<MigratorState> value, BinaryOperator<Double> together) {
        var chosen = states.stream().filter(counted);
        if (!perMigrator) {
            return List.of(
                    new Total(Labels.EMPTY, chosen.map(value::applyAsDouble).reduce(0.0, together)));
        }
        Function<MigratorState, Labels> labels =
                state -> Labels.of("namespace", state.namespace(), "migrator", state.name());
        return chosen.collect(Collectors.toMap(labels, value::applyAsDouble, together)).entrySet().stream()
                .map(entry -> new Total(entry.getKey(), entry.getValue()))
                .toList();
    }

    private double age(Optional<Instant> since) {
        return since.map(start -> Math.max(0, Duration.between(start, now).toMillis() / 1000.0))
                .orElse(0.0);
    }
}
