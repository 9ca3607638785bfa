package net.coderanger.migrations.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reference of the metrics is what the page says of itself. {@code mvn test -Dgenerate} writes it anew. */
class MetricsReferenceTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference", "metrics.md");

    /** As the introduction says. */
    private static final int MOST_SERIES = 300;

    private static final String INTRODUCTION = """
            # Metrics

            `/metrics` on port 8080 (`HEALTH_PORT`) of every replica, in Prometheus's text format. Made from the code by `mvn test -Dgenerate`; do
            not edit. How to have them scraped, and the alerts that are made from them: [alerts](../how-to/alerts.md).

            - **Who tells what.** Each replica counts what it does itself: the webhook's answers on all, runs, releases and passes on the one
              that leads. The gauges marked with *leader* are told by the leader only, so sums over the replicas count nothing twice; while
              no replica leads they are absent.
            - **How many series.** Fewer than 300 per replica, however large the cluster. `metrics.perMigrator` of the chart
              (`METRICS_PER_MIGRATOR`) gives the gauges of state the labels `namespace` and `migrator`, at some 20 series for each Migrator.
              A scrape then needs `honor_labels`, as the chart's ServiceMonitor has it.
            - **Restarts.** Counters and histograms begin at zero with each process, gauges of state are right from the start.
            - **Histograms** have few buckets, and beside them a gauge `…_max` with the largest value of the last minutes.
            - Memory and CPU of the operator are told by kubelet, as of every container.

            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """;

    @Test
    void the_reference_lists_the_metrics_that_there_are() throws IOException {
        // Given
        var metrics = new OperatorMetrics(() -> true);
        var own = metrics.snapshots().stream()
                .map(metric -> metric.getMetadata().getName())
                .collect(Collectors.toSet());
        metrics.tellExpiry(() -> Instant.EPOCH);
        metrics.tell(
                new OperatorMetrics.State(List::of, List::of, () -> true),
                () -> true,
                false,
                InstantSource.fixed(Instant.EPOCH));
        // When
        var rows = new TreeMap<String, String>();
        for (var metric : metrics.snapshots()) {
            var name = metric.getMetadata().getName();
            if (!name.endsWith("_max")) {
                var leader = !own.contains(name) && !name.startsWith("migrations_webhook_certificate");
                rows.put(name, row(metric, leader));
            }
        }
        var content = INTRODUCTION + String.join("", rows.values());
        // Then
        assertThat(rows).hasSizeGreaterThan(10);
        assertThat(metrics.page().lines().filter(line -> !line.startsWith("#"))).hasSizeLessThan(MOST_SERIES);
        if (System.getProperty("generate") != null) {
            Files.writeString(REFERENCE, content);
        }
        assertThat(REFERENCE)
                .as("out of date: run mvn test -Dgenerate, look at the difference, and commit it")
                .content()
                .isEqualTo(content);
    }

    private static String row(MetricSnapshot metric, boolean leader) {
        var name = metric.getMetadata().getName();
        return switch (metric) {
            case CounterSnapshot counter -> row(name + "_total", "counter", metric);
            case HistogramSnapshot histogram -> row(name, "histogram", metric);
            default -> row(name, leader ? "gauge, *leader*" : "gauge", metric);
        };
    }

    private static String row(String name, String type, MetricSnapshot metric) {
        var values = new TreeMap<String, TreeSet<String>>();
        for (DataPointSnapshot point : metric.getDataPoints()) {
            for (Label label : point.getLabels()) {
                values.computeIfAbsent(label.getName(), any -> new TreeSet<>()).add(label.getValue());
            }
        }
        var labels = values.entrySet().stream()
                .map(label -> "`" + label.getKey() + "`: " + String.join(", ", label.getValue()))
                .collect(Collectors.joining("<br>"));
        assertThat(metric.getMetadata().getHelp()).as("what %s means", name).isNotBlank();
        return "| `%s` | %s | %s | %s |\n"
                .formatted(name, type, labels, metric.getMetadata().getHelp());
    }
}
