package net.coderanger.migrations.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The figures as a Markdown table. */
final class FiguresTable {

    private static final int ENOUGH_FOR_P99 = 100;
    private static final String NOTHING = "";

    private final List<String> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Adds what was measured.
     *
     * @param unit ms or MiB
     */
    synchronized void add(String figure, FiguresSamples samples, String unit, String target, String comparedWith) {
        if (samples.isEmpty()) {
            note(figure + ": not measured, because the node is not this machine.");
            return;
        }
        Function<Double, String> words = value -> number(value) + " " + unit;
        row(
                figure,
                Integer.toString(samples.count()),
                words.apply(samples.min()),
                words.apply(samples.median()),
                samples.count() < ENOUGH_FOR_P99 ? NOTHING : words.apply(samples.percentile(99)),
                words.apply(samples.max()),
                target,
                comparedWith);
    }

    /** Adds by how much the median and the 99th percentile of one figure are above those of another. */
    synchronized void addDifference(String figure, FiguresSamples more, FiguresSamples less, String comparedWith) {
        row(
                figure,
                NOTHING,
                NOTHING,
                signed(more.median() - less.median()),
                less.count() < ENOUGH_FOR_P99 ? NOTHING : signed(more.percentile(99) - less.percentile(99)),
                NOTHING,
                NOTHING,
                comparedWith);
    }

    synchronized void note(String note) {
        notes.add(note);
    }

    synchronized String markdown() {
        return "| figure | n | min | p50 | p99 | max | target | compare with | load |\n"
                + "| --- | --: | --: | --: | --: | --: | --- | --- | --: |\n"
                + String.join("\n", rows)
                + "\n\n"
                + String.join("\n", notes)
                + "\n";
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, markdown());
    }

    private void row(String... cells) {
        rows.add("| " + String.join(" | ", cells) + " | " + FiguresNode.load() + " |");
    }

    private static String signed(double value) {
        return (value < 0 ? "" : "+") + number(value) + " ms";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f" : "%.0f", value);
    }
}
