package net.coderanger.migrations.metrics;

import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.controller.Listener;
import net.coderanger.migrations.webhook.AdmissionListener;

/** All of the operator's metrics, and the page that Prometheus reads. */
public final class OperatorMetrics {

    /** Content type of {@link #page}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusRegistry prometheus = new PrometheusRegistry();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
    private final MigratorMeters migrators = new MigratorMeters(registry);
    private final WebhookMeters webhook = new WebhookMeters(registry);
    private final ReconcileMeters reconciliations = new ReconcileMeters(registry);

    /**
     * Starts to count.
     *
     * @param leading whether this replica leads
     */
    public OperatorMetrics(BooleanSupplier leading) {
        Gauge.builder("migrations.leader", () -> leading.getAsBoolean() ? 1 : 0)
                .description("1 on the replica that leads, 0 on the others.")
                .register(registry);
    }

    /** Counts what the controller does. */
    public Listener migrators() {
        return migrators;
    }

    /** Times what the webhook does. */
    public AdmissionListener webhook() {
        return webhook;
    }

    /** Times the passes of the controller. */
    public Metrics reconciliations() {
        return reconciliations;
    }

    /**
     * What only the leader tells, lest sums over the replicas count twice.
     *
     * @param migrators all Migrators
     * @param pods all pods
     * @param registered whether the webhook's registration stands
     */
    public record State(Supplier<List<Migrator>> migrators, Supplier<List<Pod>> pods, BooleanSupplier registered) {}

    /**
     * Adds the gauges of state.
     *
     * @param leading whether this replica leads and its caches are filled
     * @param perMigrator whether they have the labels namespace and migrator
     */
    public void tell(State state, BooleanSupplier leading, boolean perMigrator, InstantSource clock) {
        MultiCollector gauges = () -> {
            if (!leading.getAsBoolean()) {
                return new MetricSnapshots();
            }
            var states = MigratorState.of(state.migrators().get(), state.pods().get());
            var all = MetricSnapshots.builder();
            new StateGauges(states, perMigrator, clock.instant()).snapshots().forEach(all::metricSnapshot);
            return all.metricSnapshot(registered(state.registered().getAsBoolean()))
                    .build();
        };
        prometheus.register(gauges);
    }

    /** Adds the end of the serving certificate's validity. */
    public void tellExpiry(Supplier<Instant> expires) {
        Gauge.builder(
                        "migrations.webhook.certificate.expiry.timestamp",
                        () -> expires.get().getEpochSecond())
                .baseUnit("seconds")
                .description("When the certificate that the webhook serves expires, in seconds since 1970.")
                .register(registry);
    }

    /** The page, in Prometheus's text format. */
    public String page() {
        return registry.scrape();
    }

    /** What the page is made from. */
    MetricSnapshots snapshots() {
        return prometheus.scrape();
    }

    private static GaugeSnapshot registered(boolean stands) {
        return GaugeSnapshot.builder()
                .name("migrations_webhook_registered")
                .help("1 if the webhook's registration was as it should be when the leader looked last, else 0.")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(stands ? 1 : 0)
                        .build())
                .build();
    }
}
