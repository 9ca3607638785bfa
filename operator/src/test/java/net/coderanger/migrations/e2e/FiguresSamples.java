package net.coderanger.migrations.e2e;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Values that were measured, all of one unit. */
record FiguresSamples(List<Double> values) {

    FiguresSamples {
        values = values.stream().sorted().toList();
    }

    static FiguresSamples of(Collection<? extends Number> values) {
        return new FiguresSamples(values.stream().map(Number::doubleValue).toList());
    }

    static FiguresSamples all(Stream<FiguresSamples> parts) {
        return new FiguresSamples(parts.flatMap(part -> part.values().stream()).toList());
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    int count() {
        return values.size();
    }

    double min() {
        return values.getFirst();
    }

    double max() {
        return values.getLast();
    }

    double median() {
        return percentile(50);
    }

    /** By nearest rank. */
    double percentile(int percent) {
        return values.get(Math.max(0, (int) Math.ceil(percent / 100.0 * values.size()) - 1));
    }
}
