package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import net.coderanger.migrations.api.Migrator;

/** What the operator watches. Every replica holds it, the leader and the others. "All namespaces" are those that it watches. */
public interface ClusterCache {

    /** The Migrators of a namespace. */
    List<Migrator> migrators(String namespace);

    /** The Migrators of all namespaces. */
    List<Migrator> migrators();

    /** The pods of a namespace, trimmed as {@link PodStore} says. */
    List<Pod> pods(String namespace);

    /** The pods of all namespaces, trimmed. */
    List<Pod> pods();

    /** The operator's Jobs in a namespace. */
    List<Job> jobs(String namespace);

    /** The operator's Jobs in all namespaces. */
    List<Job> jobs();
}
