package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.plan.Planner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Brings a Migrator's cluster closer to its plan, whenever it, its pods or its Jobs change. Many pods that start at once are looked
 * at together: each pass reads their workloads live, and what that takes is missing where the containers start.
 */
@RateLimited(maxReconciliations = 4, within = 250, unit = TimeUnit.MILLISECONDS)
@ControllerConfiguration(name = MigratorReconciler.NAME, generationAwareEventProcessing = false)
public final class MigratorReconciler implements Reconciler<Migrator> {

    private static final Logger LOG = LoggerFactory.getLogger(MigratorReconciler.class);

    /** The controller's name. */
    public static final String NAME = "migrator";

    /** Passes at once; each mostly waits for the API server. JOSDK would keep 50 threads for them, once there was that much to do. */
    private static final int CONCURRENCY = 8;

    /** The longest time between two looks at a Migrator. Workloads are not watched, and an event may be missed. */
    private static final Duration RESYNC = Duration.ofMinutes(10);

    private final KubernetesClient client;
    private final Clock clock;
    private final JobOutput output;
    private final Applier applier;
    private volatile @Nullable Watches watches;

    public MigratorReconciler(KubernetesClient client, Clock clock, Listener listener) {
        this.client = client;
        this.clock = clock;
        this.output = new JobOutput(client);
        this.applier = new Applier(client, clock, new StatusLog().and(listener));
    }

    /** What JOSDK has to know to run it. There are no workflows here, and JOSDK starts its threads for those with the first. */
    public static void configure(ConfigurationServiceOverrider overrider) {
        overrider.withConcurrentReconciliationThreads(CONCURRENCY);
    }

    /** The operator's caches; filled once the operator has started, on every replica. */
    public ClusterCache cache() {
        return Objects.requireNonNull(watches, "the reconciler has to be registered first");
    }

    @Override
    public List<EventSource<?, Migrator>> prepareEventSources(EventSourceContext<Migrator> context) {
        var prepared = new Watches(context);
        watches = prepared;
        return prepared.eventSources();
    }

    @Override
    public UpdateControl<Migrator> reconcile(Migrator migrator, Context<Migrator> context) {
        if (pausedAsByTheOriginal(migrator)) {
            return UpdateControl.noUpdate();
        }
        var seen = new Observer(client, cache(), output, clock).observe(migrator);
        var lookAgain = applier.apply(
                seen,
                Planner.plan(seen),
                written -> context.eventSourceRetriever()
                        .getControllerEventSource()
                        .handleRecentResourceUpdate(ResourceID.fromResource(written), written, migrator));
        return UpdateControl.<Migrator>noUpdate()
                .rescheduleAfter(
                        lookAgain.filter(soon -> soon.compareTo(RESYNC) < 0).orElse(RESYNC));
    }

    /** Says so; JOSDK tries again. A conflict only means that the caches have to catch up. */
    @Override
    public ErrorStatusUpdateControl<Migrator> updateErrorStatus(
            Migrator migrator, Context<Migrator> context, Exception error) {
        var level = error instanceof KubernetesClientException e && e.getCode() == HttpURLConnection.HTTP_CONFLICT
                ? Level.DEBUG
                : Level.WARN;
        MigratorFields.add(LOG.atLevel(level), migrator).setCause(error).log("A pass has failed; it is tried again");
        return ErrorStatusUpdateControl.defaultErrorProcessing();
    }

    /** Whether a changed Migrator has to be planned for: its own status does not count. */
    public static boolean matters(Migrator now, Migrator before) {
        return !Objects.equals(now.getSpec(), before.getSpec())
                || !Objects.equals(
                        now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations())
                || !Objects.equals(
                        now.getMetadata().getDeletionTimestamp(),
                        before.getMetadata().getDeletionTimestamp());
    }

    private static boolean pausedAsByTheOriginal(Migrator migrator) {
        var annotations = migrator.getMetadata().getAnnotations();
        return annotations != null && "true".equals(annotations.get(Annotations.SKIP_RECONCILE));
    }
}
