package net.coderanger.migrations.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Times the passes. JOSDK's own {@code MicrometerMetrics} has a label with the number of the retry, which grows without bound
 * when retries do, and some seventy buckets per histogram.
 */
final class ReconcileMeters implements Metrics {

    private static final Duration[] PASSES = {
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30)
    };

    private final Timer successes;
    private final Timer errors;
    private final AtomicInteger due = new AtomicInteger();

    ReconcileMeters(MeterRegistry registry) {
        successes = passes(registry, "success");
        errors = passes(registry, "error");
        Gauge.builder("migrations.reconcile.queue", due::get)
                .description("Migrators whose pass is due or going on.")
                .register(registry);
    }

    private static Timer passes(MeterRegistry registry, String result) {
        return Timer.builder("migrations.reconcile.duration")
                .description("Passes over a Migrator. After an error a pass is tried again.")
                .tag("result", result)
                .serviceLevelObjectives(PASSES)
                .register(registry);
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        var start = System.nanoTime();
        var timer = errors;
        try {
            var result = execution.execute();
            timer = successes;
            return result;
        } finally {
            timer.record(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    @Override
    public void reconcileCustomResource(HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        due.incrementAndGet();
    }

    @Override
    public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
        due.decrementAndGet();
    }
}
