package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;
import net.coderanger.migrations.webhook.InjectionDecision.Inject;
import net.coderanger.migrations.webhook.InjectionDecision.Leave;
import net.coderanger.migrations.webhook.InjectionDecision.Reject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Admits pods. Changes nothing but its answer, so a dry run needs no care. */
public final class PodAdmission implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PodAdmission.class);

    private static final int FORBIDDEN = 403;

    private final MigratorFinder migrators;
    private final Standing.Finder standings;
    private final Duration patience;
    private final WaiterContainer waiter;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Decides by these.
     *
     * @param migrators finds the Migrators of a namespace; if it throws, the request fails and the webhook's failure policy decides
     * @param standings finds out how the pod stands with a Migrator; if it throws or takes too long, the pod is gated
     * @param patience how long all of a pod's standings together may take; well below the shortest timeout that the API server is
     *     given, 1 s: whoever answers later than that has not gated the pod at all
     * @param waiter the init container
     */
    public PodAdmission(
            MigratorFinder migrators, Standing.Finder standings, Duration patience, WaiterContainer waiter) {
        this.migrators = migrators;
        this.standings = standings;
        this.patience = patience;
        this.waiter = waiter;
    }

    AdmissionVerdict review(AdmissionRequest request) {
        if (!request.operation().equals("CREATE") || !request.isFor("pods") || !isPod(request.object())) {
            return AdmissionVerdict.ALLOWED;
        }
        var namespace = request.namespace().isEmpty()
                ? Json.text(request.object().path("metadata"), "namespace")
                : request.namespace();
        var pod = new AdmittedPod(request.object(), namespace);
        var deadline = System.nanoTime() + patience.toNanos();
        var known = migrators.in(namespace, migrator -> InjectionDecision.concerns(migrator, pod));
        return switch (InjectionDecision.of(pod, known, migrator -> standing(migrator, pod, deadline))) {
            case Leave leave -> AdmissionVerdict.ALLOWED;
            case Inject inject -> patched(pod, inject.gates());
            case Reject reject -> new Denied(FORBIDDEN, reject.message());
        };
    }

    /** The API server refuses any other by itself. */
    private static boolean isPod(JsonNode object) {
        return object.path("metadata").isObject() && object.path("spec").isObject();
    }

    private AdmissionVerdict patched(AdmittedPod pod, List<PodGate> gates) {
        var patch = PodInjection.patch(pod.json(), gates, waiter);
        return patch.isEmpty() ? AdmissionVerdict.ALLOWED : new Patched(patch);
    }

    private Standing standing(Migrator migrator, AdmittedPod pod, long deadline) {
        Future<Standing> found = executor.submit(() -> standings.of(migrator, pod.json(), pod.namespace()));
        try {
            return found.get(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            found.cancel(true);
            MigratorFields.add(LOG.atWarn(), migrator)
                    .setCause(e)
                    .log("Cannot tell a new pod's revision in time; the pod is gated until it is known");
            return Standing.UNKNOWN;
        } catch (InterruptedException e) {
            found.cancel(true);
            Thread.currentThread().interrupt();
            return Standing.UNKNOWN;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
