package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.plan.Action;
import net.coderanger.migrations.plan.Observation;
import net.coderanger.migrations.plan.Plan;
import net.coderanger.migrations.plan.Planner;
import net.coderanger.migrations.plan.Releasable;
import net.coderanger.migrations.plan.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a plan: the Job first, then the status, then what must not happen before the status stands. */
final class Applier {

    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    /** A conflict of another reason is none of the Job's: a quota, for example, was changed at the same moment. */
    private static final String ALREADY_EXISTS = "AlreadyExists";

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;

    private static final String RELEASE_REFUSED = "ReleaseRefused";

    /** How soon to look again after a write that was made on an outdated observation. */
    private static final Duration SOON = Duration.ofMillis(100);

    private final KubernetesClient client;

    /**
     * Without the client's own repetitions: a leader that has lost its lease unawares must not create, a minute later, a Job that another
     * leader has created, seen to its end and deleted meanwhile.
     */
    private final KubernetesClient once;

    private final Clock clock;
    private final GateOpener gates;
    private final MigratorEvents events;
    private final OutcomeFinalizer finalizer;
    private final Listener listener;

    Applier(KubernetesClient client, Clock clock, Listener listener) {
        this.client = client;
        this.once = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestRetryBackoffLimit(0)
                                .build())
                .adapt(KubernetesClient.class);
        this.clock = clock;
        this.gates = new GateOpener(client, clock);
        this.events = new MigratorEvents(client, clock);
        this.finalizer = new OutcomeFinalizer(client);
        this.listener = listener;
    }

    /**
     * Carries out a plan.
     *
     * @param written told the Migrator as it is after its status was written
     * @return when to plan again without an event
     */
    Optional<Duration> apply(Observation seen, Plan plan, Consumer<Migrator> written) {
        if (plan.start().isPresent()) {
            if (outdated(seen.migrator())) {
                return Optional.of(SOON);
            }
            var refusal = create(plan.start().get().job());
            if (refusal.isPresent()) {
                return apply(seen, Planner.refused(seen, refusal.get()), written);
            }
        }
        if (!write(seen.migrator(), plan.status(), written)) {
            return Optional.of(SOON);
        }
        try {
            open(seen, plan);
        } catch (KubernetesClientException e) {
            events.post(
                    seen.migrator(),
                    RELEASE_REFUSED,
                    true,
                    said(e),
                    "A pod that may start is not released, it is tried again: " + said(e));
            carryOut(seen.migrator(), plan.then());
            throw e;
        }
        carryOut(seen.migrator(), plan.then());
        return plan.lookAgainIn();
    }

    /**
     * A run is started only from the Migrator as the API server has it, not from a cache that may be behind: the run before it
     * may have ended, and its Job may be gone, while the cache still shows neither.
     */
    private boolean outdated(Migrator migrator) {
        var current = client.resource(migrator).get();
        return current == null
                || current.getMetadata().getDeletionTimestamp() != null
                || !Objects.equals(
                        current.getMetadata().getResourceVersion(),
                        migrator.getMetadata().getResourceVersion());
    }

    /**
     * Creates a Job; that it exists already is as good. Returns the API server's reason for a refusal, also for one after which the Job
     * may exist all the same: the next pass then finds it.
     */
    Optional<String> create(Job job) {
        try {
            once.resource(job).create();
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return refusal(e);
        }
    }

    /** The API server's reason; empty if the Job is there. */
    static Optional<String> refusal(KubernetesClientException answer) {
        if (answer.getCode() <= 0) {
            throw answer;
        }
        var status = answer.getStatus();
        if (status != null && ALREADY_EXISTS.equals(status.getReason())) {
            return Optional.empty();
        }
        return Optional.of(said(answer));
    }

    private static String said(KubernetesClientException answer) {
        var status = answer.getStatus();
        return Objects.requireNonNullElse(
                status == null ? answer.getMessage() : status.getMessage(), "no reason given");
    }

    /** Writes the status if it differs. False if the Migrator has changed since it was read, or is gone. */
    private boolean write(Migrator migrator, MigratorStatus status, Consumer<Migrator> written) {
        if (status.equals(migrator.getStatus())) {
            return true;
        }
        var next = new Migrator();
        next.setMetadata(new ObjectMetaBuilder(migrator.getMetadata())
                .withManagedFields(List.of())
                .build());
        next.setSpec(migrator.getSpec());
        next.setStatus(status);
        try {
            written.accept(client.resource(next).updateStatus());
            listener.statusWritten(new StatusChange(migrator, status));
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void open(Observation seen, Plan plan) {
        var releases = plan.releases().stream().map(Action.Release::pod).toList();
        var since = Releasable.since(seen, plan);
        gates.open(seen.migrator().getMetadata().getName(), releases, pod -> {
            var releasable = since.get(pod.getMetadata().getUid());
            if (releasable != null) {
                listener.released(Duration.between(releasable, clock.instant()));
            }
        });
    }

    private void carryOut(Migrator migrator, List<Action.FollowUp> actions) {
        for (var action : actions) {
            switch (action) {
                case Action.DeleteJob delete -> delete(delete.job(), DeletionPropagation.BACKGROUND);
                case Action.StopJob stop -> delete(stop.job(), DeletionPropagation.FOREGROUND);
                case Action.LetGoOfJob let -> finalizer.takeOff(let.job());
                case Action.StampProgress stamp -> stamp(stamp.job(), stamp.progress());
                case Action.Announce announce -> events.announce(migrator, announce);
            }
        }
    }

    private void delete(Job job, DeletionPropagation propagation) {
        client.batch()
                .v1()
                .jobs()
                .inNamespace(job.getMetadata().getNamespace())
                .withName(job.getMetadata().getName())
                .withPropagationPolicy(propagation)
                .delete();
    }

    private void stamp(Job job, String progress) {
        var patch = Map.of("metadata", Map.of("annotations", Map.of(Annotations.PROGRESS, progress)));
        try {
            client.resource(job)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            client.getKubernetesSerialization().asJson(patch));
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND) {
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue(MigratorFields.NAMESPACE, job.getMetadata().getNamespace())
                        .addKeyValue("job", job.getMetadata().getName())
                        .log(
                                "A Job's progress could not be written on it; whoever watches only the Job sees older progress");
            }
        }
    }
}
