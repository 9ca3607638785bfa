package com.example.shop.story;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pod.
 *
 * @param app its label {@code app}
 * @param run the migration run that it belongs to; empty for all other pods
 * @param image of its first container
 * @param ending whether it was told to end
 * @param initContainers their names
 * @param schedulingGates those that are still closed
 */
record PodSeen(
        String name,
        String uid,
        String app,
        String run,
        String image,
        Optional<Instant> created,
        boolean ending,
        boolean ready,
        List<String> initContainers,
        List<String> schedulingGates,
        List<ContainerSeen> containers)
        implements Sighting {

    private static final String GATE = "migrations.coderanger.net/";

    static PodSeen of(Json pod) {
        var metadata = pod.at("metadata");
        var spec = pod.at("spec");
        var status = pod.at("status");
        return new PodSeen(
                metadata.at("name").text(),
                metadata.at("uid").text(),
                metadata.at("labels", "app").text(),
                metadata.at("labels", "migrations.coderanger.net/run").text(),
                spec.at("containers").items().getFirst().at("image").text(),
                metadata.at("creationTimestamp").time(),
                metadata.at("deletionTimestamp").isPresent(),
                status.at("conditions").items().stream().anyMatch(PodSeen::saysReady),
                names(spec.at("initContainers")),
                names(spec.at("schedulingGates")),
                Stream.of("initContainerStatuses", "containerStatuses")
                        .flatMap(list -> status.at(list).items().stream())
                        .map(ContainerSeen::of)
                        .toList());
    }

    private static boolean saysReady(Json condition) {
        return condition.at("type").text().equals("Ready")
                && condition.at("status").text().equals("True");
    }

    private static List<String> names(Json list) {
        return list.items().stream().map(item -> item.at("name").text()).toList();
    }

    boolean isMigration() {
        return !run.isEmpty();
    }

    /** Whether a gate holds the pod. */
    boolean held() {
        var waiters = initContainers.stream().filter(ContainerSeen::isWaiter).count();
        var open = waiters().filter(ContainerSeen::succeeded).count();
        return open < waiters || schedulingGates.stream().anyMatch(gate -> gate.startsWith(GATE));
    }

    /** The containers of the application: all but the init containers. */
    Stream<ContainerSeen> application() {
        return containers.stream().filter(container -> !initContainers.contains(container.name()));
    }

    private Stream<ContainerSeen> waiters() {
        return containers.stream().filter(ContainerSeen::isWaiter);
    }

    /** From its creation to the start of its application; in whole seconds, as the cluster's times are. */
    Optional<Duration> timeToStart() {
        return application()
                .flatMap(ContainerSeen::executions)
                .flatMap(execution -> execution.started().stream())
                .min(Instant::compareTo)
                .flatMap(start -> created.map(begin -> Duration.between(begin, start)));
    }
}
