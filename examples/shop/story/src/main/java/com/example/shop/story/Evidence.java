package com.example.shop.story;

import com.example.shop.story.Sighting.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that the proofs are drawn from.
 *
 * @param runs what {@code shop migrate} wrote into the database
 * @param starts what {@code shop serve} wrote into the database
 * @param flyway the versions that Flyway's own history calls successful
 * @param pods every pod that was seen, as it was seen last
 * @param starting when containers of the application started, by the pod's UID, as its status said at any time
 * @param jobs every Job that was seen, as it was seen last
 * @param migrator as it was seen last
 * @param visits the visitors' last report
 * @param marks when the demo did what
 */
record Evidence(
        List<Run> runs,
        List<Start> starts,
        List<String> flyway,
        List<PodSeen> pods,
        Map<String, NavigableSet<Instant>> starting,
        List<JobSeen> jobs,
        Optional<MigratorSeen> migrator,
        Optional<VisitsSeen> visits,
        Map<String, Instant> marks) {

    /** A migration, by the database's clock in seconds. */
    record Run(String version, String pod, double started, double ended, String outcome) {}

    /** A start of the server, by the database's clock in seconds. */
    record Start(String version, String pod, double at, boolean schemaThere) {}

    /** The narrator's book and the database's tables, put together. */
    static Evidence of(Path book, List<Run> runs, List<Start> starts, List<String> flyway) throws IOException {
        var pods = new LinkedHashMap<String, PodSeen>();
        var starting = new HashMap<String, NavigableSet<Instant>>();
        var jobs = new LinkedHashMap<String, JobSeen>();
        var marks = new HashMap<String, Instant>();
        var migrators = new ArrayList<MigratorSeen>();
        var reports = new ArrayList<VisitsSeen>();
        for (var entry : Files.readAllLines(book)) {
            var field = entry.split(" ", 3);
            switch (Sighting.parse(Source.valueOf(field[1]), field[2])) {
                case PodSeen pod -> {
                    pods.put(pod.uid(), pod);
                    pod.application()
                            .flatMap(ContainerSeen::executions)
                            .forEach(execution -> starting.computeIfAbsent(pod.uid(), uid -> new TreeSet<>())
                                    .add(execution.started().orElseThrow()));
                }
                case JobSeen job -> jobs.put(job.uid(), job);
                case MigratorSeen migrator -> migrators.add(migrator);
                case VisitsSeen visits -> {
                    if (visits.isReport()) {
                        reports.add(visits);
                    }
                }
                case Cue cue -> marks.put(cue.text(), Instant.ofEpochMilli(Long.parseLong(field[0])));
            }
        }
        return new Evidence(
                runs,
                starts,
                flyway,
                List.copyOf(pods.values()),
                starting,
                List.copyOf(jobs.values()),
                last(migrators),
                last(reports),
                marks);
    }

    private static <T> Optional<T> last(List<T> all) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    List<Run> runsOf(String version) {
        return runs.stream().filter(run -> run.version().equals(version)).toList();
    }

    List<Start> startsOf(String version) {
        return starts.stream().filter(start -> start.version().equals(version)).toList();
    }

    List<JobSeen> jobsOf(String version) {
        return jobs.stream()
                .filter(job -> job.revision().equals("shop:" + version))
                .toList();
    }

    /** Pods that serve, or would, not those of migrations. */
    List<PodSeen> podsOf(String version) {
        return pods.stream()
                .filter(pod -> !pod.isMigration() && pod.app().equals("shop"))
                .filter(pod -> pod.image().equals("shop:" + version))
                .toList();
    }

    List<PodSeen> migrationPodsOf(String version) {
        return pods.stream()
                .filter(pod -> pod.isMigration() && pod.image().equals("shop:" + version))
                .toList();
    }

    /** When containers of a pod's application started, by the node's clock. */
    Stream<Instant> startsOf(PodSeen pod) {
        return starting.getOrDefault(pod.uid(), new TreeSet<>()).stream();
    }
}
