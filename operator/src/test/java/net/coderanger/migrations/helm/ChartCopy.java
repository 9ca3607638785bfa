package net.coderanger.migrations.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * A copy of a chart and of the charts that it may depend on, each where it is in the repository: {@code helm dependency update} writes
 * beside the chart.
 */
public final class ChartCopy implements AutoCloseable {

    private static final Path REPOSITORY = Path.of("..");

    private final Path root;
    private final Path chart;

    private ChartCopy(Path root, Path chart) {
        this.root = root;
        this.chart = chart;
    }

    /** Copies a chart of this repository. */
    public static ChartCopy of(Path chart) throws IOException {
        var root = Files.createTempDirectory("charts");
        copy(REPOSITORY.resolve("helm"), root.resolve("helm"));
        var place = root.resolve(REPOSITORY.toRealPath().relativize(chart.toRealPath()));
        if (!Files.exists(place)) {
            copy(chart, place);
        }
        return new ChartCopy(root, place);
    }

    /** Where it is. */
    public Path chart() {
        return chart;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var place = to.resolve(from.relativize(file));
                Files.createDirectories(place.getParent());
                Files.copy(file, place);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
