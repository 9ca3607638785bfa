package com.example.shop.story;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Sightings as tests need them. */
final class Seen {

    static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

    private static final ContainerSeen.Execution NEVER =
            new ContainerSeen.Execution(Optional.empty(), Optional.empty(), "");

    private Seen() {}

    static Instant at(double seconds) {
        return START.plusMillis((long) (seconds * 1000));
    }

    static PodSeen pod(String name, String version, Instant created, ContainerSeen... containers) {
        return pod(name, version, created, List.of(), containers);
    }

    static PodSeen gated(String name, String version, Instant created, ContainerSeen... containers) {
        return pod(name, version, created, List.of("migrate-wait-shop"), containers);
    }

    static PodSeen migration(String version, Instant created, ContainerSeen... containers) {
        var name = "shop-run-" + version;
        return new PodSeen(
                name,
                name,
                "",
                "run-" + version,
                "shop:" + version,
                Optional.of(created),
                false,
                false,
                List.of(),
                List.of(),
                List.of(containers));
    }

    private static PodSeen pod(
            String name, String version, Instant created, List<String> initContainers, ContainerSeen... containers) {
        return new PodSeen(
                name,
                name,
                "shop",
                "",
                "shop:" + version,
                Optional.of(created),
                false,
                false,
                initContainers,
                List.of(),
                List.of(containers));
    }

    static PodSeen ready(PodSeen pod) {
        return new PodSeen(
                pod.name(),
                pod.uid(),
                pod.app(),
                pod.run(),
                pod.image(),
                pod.created(),
                pod.ending(),
                true,
                pod.initContainers(),
                pod.schedulingGates(),
                pod.containers());
    }

    static PodSeen ending(PodSeen pod) {
        return new PodSeen(
                pod.name(),
                pod.uid(),
                pod.app(),
                pod.run(),
                pod.image(),
                pod.created(),
                true,
                pod.ready(),
                pod.initContainers(),
                pod.schedulingGates(),
                pod.containers());
    }

    static PodSeen behindSchedulingGate(PodSeen pod) {
        return new PodSeen(
                pod.name(),
                pod.uid(),
                pod.app(),
                pod.run(),
                pod.image(),
                pod.created(),
                pod.ending(),
                pod.ready(),
                pod.initContainers(),
                List.of("migrations.coderanger.net/shop"),
                pod.containers());
    }

    static ContainerSeen running(String name, Instant started) {
        return new ContainerSeen(
                name, new ContainerSeen.Execution(Optional.of(started), Optional.empty(), ""), NEVER, "");
    }

    static ContainerSeen ended(String name, Instant started, Instant finished, int exitCode) {
        return ended(name, started, finished, exitCode, "");
    }

    static ContainerSeen ended(String name, Instant started, Instant finished, int exitCode, String message) {
        var process =
                new ContainerSeen.Execution(Optional.of(started), Optional.of(finished), Integer.toString(exitCode));
        return new ContainerSeen(name, process, NEVER, message);
    }

    static JobSeen job(String version, Instant created, String... conditions) {
        return new JobSeen(
                "shop-" + version,
                "job-" + version,
                "run-" + version,
                "shop:" + version,
                Optional.of(created),
                List.of(conditions));
    }
}
