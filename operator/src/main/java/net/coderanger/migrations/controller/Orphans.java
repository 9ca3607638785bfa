package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.plan.Abandoned;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what belongs to Migrators that are not there: no reconciliation would. Safe to run on every replica at once, since
 * all it does can be done twice.
 */
public final class Orphans implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    /** A pod and its Migrator may be applied in any order; only then is a missing Migrator worth a word. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final ClusterCache cache;
    private final GateOpener gates;
    private final MigratorEvents events;
    private final OutcomeFinalizer finalizer;
    private final Clock clock;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    public Orphans(KubernetesClient client, ClusterCache cache, Clock clock) {
        this.client = client;
        this.cache = cache;
        this.gates = new GateOpener(client, clock);
        this.events = new MigratorEvents(client, clock);
        this.finalizer = new OutcomeFinalizer(client);
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            cache.pods().stream().filter(Abandoned::mayWait).forEach(pod -> eachByItself(pod, this::lookAfter));
            cache.jobs().stream().filter(Orphans::heldInDeletion).forEach(job -> eachByItself(job, this::lookAfter));
            told.retainAll(cache.pods().stream().map(Orphans::uid).toList());
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Looking after pods and Jobs without a Migrator failed; it is tried again");
        }
    }

    /** One that cannot be helped keeps nobody else from being helped. */
    private static <T extends HasMetadata> void eachByItself(T object, Consumer<T> help) {
        try {
            help.accept(object);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue(MigratorFields.NAMESPACE, object.getMetadata().getNamespace())
                    .addKeyValue(
                            object.getKind().toLowerCase(Locale.ROOT),
                            object.getMetadata().getName())
                    .log("Cannot look after it without its Migrator; it is tried again");
        }
    }

    private void lookAfter(Pod pod) {
        var namespace = pod.getMetadata().getNamespace();
        for (var migrator : Abandoned.releasable(pod)) {
            if (gone(namespace, migrator)) {
                LOG.atInfo()
                        .addKeyValue(MigratorFields.NAMESPACE, namespace)
                        .addKeyValue(MigratorFields.MIGRATOR, migrator)
                        .addKeyValue("pod", pod.getMetadata().getName())
                        .log("A waiting pod is released, because its Migrator was deleted");
                gates.open(migrator, List.of(pod), released -> {});
            }
        }
        var old = Instant.parse(pod.getMetadata().getCreationTimestamp())
                .plus(GRACE)
                .isBefore(clock.instant());
        if (!old || told.contains(uid(pod))) {
            return;
        }
        for (var migrator : Abandoned.declared(pod)) {
            if (gone(namespace, migrator)) {
                told.add(uid(pod));
                events.post(
                        pod,
                        "MigratorMissing",
                        true,
                        migrator,
                        "Waits for Migrator " + migrator + ", which does not exist in namespace " + namespace
                                + ": create it, or take its name out of the pod template");
            }
        }
    }

    /** Its Migrator is gone, and with it the status that the outcome would be written to; or has let go of it, by a deletion that orphans. */
    private void lookAfter(Job job) {
        var known = cache.migrators(job.getMetadata().getNamespace()).stream()
                .map(Orphans::uid)
                .toList();
        var owner = job.getMetadata().getOwnerReferences().stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                .map(OwnerReference::getUid)
                .findFirst();
        if (owner.isEmpty() || (!known.contains(owner.get()) && ownerGone(job, owner.get()))) {
            finalizer.takeOff(job);
        }
    }

    private boolean ownerGone(Job job, String uid) {
        return job.getMetadata().getOwnerReferences().stream()
                .filter(reference -> uid.equals(reference.getUid()))
                .map(reference -> client.resources(Migrator.class)
                        .inNamespace(job.getMetadata().getNamespace())
                        .withName(reference.getName())
                        .get())
                .allMatch(migrator -> migrator == null || !uid.equals(uid(migrator)));
    }

    private boolean gone(String namespace, String migrator) {
        return cache.migrators(namespace).stream()
                        .noneMatch(known -> Gates.schedulingGate(migrator)
                                .equals(Gates.schedulingGate(known.getMetadata().getName())))
                && client.resources(Migrator.class)
                                .inNamespace(namespace)
                                .withName(migrator)
                                .get()
                        == null;
    }

    private static boolean heldInDeletion(Job job) {
        return job.getMetadata().getDeletionTimestamp() != null
                && job.getMetadata().getFinalizers().contains(Gates.OUTCOME_FINALIZER);
    }

    private static String uid(HasMetadata resource) {
        return resource.getMetadata().getUid();
    }
}
