package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    /**
     * By namespace; a single one if all are watched. Each has a store of its own: an informer drops from its store whatever is not in
     * its own list.
     */
    private final Map<String, InformerEventSource<Pod, Migrator>> pods;

    private final InformerEventSource<Job, Migrator> jobs;

    Watches(EventSourceContext<Migrator> context) {
        this.migrators = context.getPrimaryCache();
        this.pods = context.getControllerConfiguration().getEffectiveNamespaces().stream()
                .collect(Collectors.toUnmodifiableMap(namespace -> namespace, namespace -> podsOf(namespace, context)));
        this.jobs = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Job.class, Migrator.class)
                        .withName("jobs")
                        .withLabelSelector(Labels.MIGRATOR)
                        .build(),
                context);
    }

    private InformerEventSource<Pod, Migrator> podsOf(String namespace, EventSourceContext<Migrator> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, Migrator.class)
                        .withName(namespace.equals(Constants.WATCH_ALL_NAMESPACES) ? "pods" : "pods of " + namespace)
                        .withNamespaces(Set.of(namespace))
                        .withItemStore(new PodStore())
                        .withInformerListLimit(LIST_PAGE)
                        .withOnUpdateFilter(PodStore::matters)
                        .withSecondaryToPrimaryMapper(this::concernedBy)
                        .build(),
                context);
    }

    List<EventSource<?, Migrator>> eventSources() {
        List<EventSource<?, Migrator>> sources = new ArrayList<>(pods.values());
        sources.add(jobs);
        return sources;
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
        var source = pods.getOrDefault(Constants.WATCH_ALL_NAMESPACES, pods.get(namespace));
        return source == null ? List.of() : source.list(namespace, any -> true).toList();
    }

    @Override
    public List<Pod> pods() {
        return pods.values().stream()
                .flatMap(source -> source.list(any -> true))
                .toList();
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
