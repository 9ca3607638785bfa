package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.Involvement;
import net.coderanger.migrations.plan.Observation;
import net.coderanger.migrations.plan.SeenJob;
import net.coderanger.migrations.plan.SeenPod;

/** Gathers what a plan is made from: pods and Jobs from the caches, workloads and what Jobs have printed live. */
final class Observer {

    private static final Set<String> FINISHED = Set.of("Complete", "Failed");

    private final KubernetesClient client;
    private final ClusterCache cache;
    private final JobOutput output;
    private final Clock clock;

    Observer(KubernetesClient client, ClusterCache cache, JobOutput output, Clock clock) {
        this.client = client;
        this.cache = cache;
        this.output = output;
        this.clock = clock;
    }

    Observation observe(Migrator migrator) {
        var namespace = migrator.getMetadata().getNamespace();
        var pods = cache.pods(namespace);
        var lookup = new WorkloadLookup(client, namespace);
        var jobs = jobs(migrator);
        return new Observation(
                migrator,
                pods.stream()
                        .filter(Involvement.holdsOrSelects(migrator))
                        .map(pod -> seen(pod, lookup))
                        .toList(),
                jobs.stream()
                        .flatMap(job -> seen(job, pods).stream())
                        .map(job -> job.unsettled(migrator) ? output.shown(job) : JobOutput.silent(job))
                        .toList(),
                pods.stream()
                        .filter(pod -> Involvement.ownJob(migrator, pod))
                        .filter(pod -> jobs.stream()
                                .noneMatch(job -> owns(job.getMetadata().getUid(), pod)))
                        .toList(),
                clock.instant());
    }

    private static SeenPod seen(Pod pod, WorkloadLookup lookup) {
        var alone = new SeenPod(pod, Optional.empty(), Optional.empty());
        if (!alone.live()) {
            return alone;
        }
        var origin = lookup.of(pod);
        return new SeenPod(pod, origin.template(), origin.workload());
    }

    /** The Migrator's Jobs. One that its status names is read live if the cache has not seen it: only then is it known to be gone. */
    private List<Job> jobs(Migrator migrator) {
        var uid = migrator.getMetadata().getUid();
        var jobs = new ArrayList<>(cache.jobs(migrator.getMetadata().getNamespace()).stream()
                .filter(job -> owns(uid, job))
                .toList());
        var run = migrator.getStatus() == null ? null : migrator.getStatus().run();
        if (run != null
                && jobs.stream()
                        .noneMatch(job -> run.job().equals(job.getMetadata().getName()))) {
            Optional.ofNullable(client.batch()
                            .v1()
                            .jobs()
                            .inNamespace(migrator.getMetadata().getNamespace())
                            .withName(run.job())
                            .get())
                    .filter(job -> owns(uid, job))
                    .ifPresent(jobs::add);
        }
        return jobs;
    }

    private Optional<SeenJob> seen(Job job, List<Pod> pods) {
        if (job.getMetadata().getDeletionTimestamp() != null) {
            return live(job);
        }
        var own = pods.stream()
                .filter(pod -> owns(job.getMetadata().getUid(), pod))
                .toList();
        return Optional.of(new SeenJob(job, own, own.isEmpty() && unfinished(job) ? warnings(job) : List.of()));
    }

    /**
     * A Job in deletion, read live: a cache that is behind could make a running one look gone, or a successful one stopped. The
     * pods first, for a pod goes only after the Job has counted it.
     */
    private Optional<SeenJob> live(Job job) {
        var metadata = job.getMetadata();
        var own = client.pods()
                .inNamespace(metadata.getNamespace())
                .withLabel("batch.kubernetes.io/controller-uid", metadata.getUid())
                .list()
                .getItems();
        return Optional.ofNullable(client.batch()
                        .v1()
                        .jobs()
                        .inNamespace(metadata.getNamespace())
                        .withName(metadata.getName())
                        .get())
                .filter(current ->
                        metadata.getUid().equals(current.getMetadata().getUid()))
                .map(current -> new SeenJob(current, own, List.of()));
    }

    private static boolean unfinished(Job job) {
        return job.getStatus() == null
                || job.getStatus().getConditions().stream()
                        .noneMatch(condition ->
                                FINISHED.contains(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /** A Job that cannot make its pod (quota, a missing service account, a refusing webhook) says so only by events. */
    private List<String> warnings(Job job) {
        return client
                .v1()
                .events()
                .inNamespace(job.getMetadata().getNamespace())
                .withField("involvedObject.uid", job.getMetadata().getUid())
                .list()
                .getItems()
                .stream()
                .filter(event -> "Warning".equals(event.getType()))
                .sorted(Comparator.comparing(Observer::time).reversed())
                .map(event -> event.getReason() + ": " + event.getMessage())
                .toList();
    }

    private static String time(Event event) {
        return event.getLastTimestamp() != null
                ? event.getLastTimestamp()
                : Optional.ofNullable(event.getMetadata().getCreationTimestamp())
                        .orElse("");
    }

    static boolean owns(String uid, HasMetadata resource) {
        List<OwnerReference> owners = resource.getMetadata().getOwnerReferences();
        return owners != null
                && owners.stream()
                        .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()) && uid.equals(owner.getUid()));
    }
}
