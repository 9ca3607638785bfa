package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.Involvement;

/** The informers, and which Migrators an object's change concerns. */
final class Watches implements ClusterCache {

    /** Pods in a page of the list; one page at a time is in memory whole. */
    private static final long LIST_PAGE = 100;

    private final IndexerResourceCache<Migrator> migrators;
    private final InformerEventSource<Pod, Migrator> pods;
    private final InformerEventSource<Job, Migrator> jobs;

    Watches(EventSourceContext<Migrator> context) {
        this.migrators = context.getPrimaryCache();
        this.pods = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, Migrator.class)
                        .withName("pods")
                        .withItemStore(new PodStore())
                        .withInformerListLimit(LIST_PAGE)
                        .withOnUpdateFilter(PodStore::matters)
                        .withSecondaryToPrimaryMapper(this::concernedBy)
                        .build(),
                context);
        this.jobs = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Job.class, Migrator.class)
                        .withName("jobs")
                        .withLabelSelector(Labels.MIGRATOR)
                        .build(),
                context);
    }

    List<EventSource<?, Migrator>> eventSources() {
        return List.of(pods, jobs);
    }

    @Override
    public List<Migrator> migrators(String namespace) {
        return migrators.list(namespace, any -> true).toList();
    }

    @Override
    public List<Migrator> migrators() {
        return migrators.list(any -> true).toList();
    }

    @Override
    public List<Pod> pods(String namespace) {
        return pods.list(namespace, any -> true).toList();
    }

    @Override
    public List<Pod> pods() {
        return pods.list(any -> true).toList();
    }

    @Override
    public List<Job> jobs(String namespace) {
        return jobs.list(namespace, any -> true).toList();
    }

    @Override
    public List<Job> jobs() {
        return jobs.list(any -> true).toList();
    }

    private Set<ResourceID> concernedBy(Pod pod) {
        return migrators
                .list(pod.getMetadata().getNamespace(), migrator -> Involvement.concerns(migrator, pod))
                .map((HasMetadata migrator) -> ResourceID.fromResource(migrator))
                .collect(Collectors.toSet());
    }
}
