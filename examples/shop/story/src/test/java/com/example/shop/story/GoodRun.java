package com.example.shop.story;

import static com.example.shop.story.Seen.at;
import static com.example.shop.story.Seen.ended;
import static com.example.shop.story.Seen.gated;
import static com.example.shop.story.Seen.job;
import static com.example.shop.story.Seen.migration;
import static com.example.shop.story.Seen.pod;
import static com.example.shop.story.Seen.running;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The evidence of a run in which all went well; tests change what they are about. */
final class GoodRun {

    final List<Evidence.Run> runs = new ArrayList<>(
            List.of(run("v1", 1, 2, "succeeded"), run("v2", 20, 31, "succeeded"), run("v3", 50, 51, "failed")));
    final List<Evidence.Start> starts = new ArrayList<>(List.of(
            start("v1", 3),
            start("v1", 3),
            start("v1", 4),
            start("v2", 32),
            start("v2", 32),
            start("v2", 33),
            start("v2", 61)));
    final List<String> flyway = new ArrayList<>(List.of("1", "2"));
    final List<PodSeen> pods = new ArrayList<>(List.of(
            migration("v1", at(0), ended("migrations", at(1), at(2), 0)),
            migration("v2", at(19), ended("migrations", at(20), at(31), 0)),
            migration("v3", at(49), ended("migrations", at(50), at(51), 1)),
            gated("a", "v1", at(0), running("shop", at(3))),
            gated("b", "v2", at(19), running("shop", at(32))),
            gated("c", "v3", at(49), running("migrate-wait-shop", at(50))),
            pod("d", "v2", at(60), running("shop", at(61)))));
    final List<JobSeen> jobs = new ArrayList<>(List.of(job("v1", at(0)), job("v2", at(19)), job("v3", at(49))));
    final Map<String, Instant> marks = new HashMap<>(Map.of("rollback", at(59.9), "rolled back", at(62.5)));
    String visits = "visits=500 failed=0 versions=v2";
    List<MigratorSeen.Run> history = List.of(
            new MigratorSeen.Run("shop:v3", "Failed", "exit code 1\nERROR: column \"tax_rate\" does not exist"),
            new MigratorSeen.Run("shop:v2", "Succeeded", ""),
            new MigratorSeen.Run("shop:v1", "Succeeded", ""));

    Evidence evidence() {
        var starting = new HashMap<String, NavigableSet<Instant>>();
        for (var pod : pods) {
            pod.application()
                    .flatMap(ContainerSeen::executions)
                    .forEach(execution -> starting.computeIfAbsent(pod.uid(), uid -> new TreeSet<>())
                            .add(execution.started().orElseThrow()));
        }
        return new Evidence(
                runs,
                starts,
                flyway,
                pods,
                starting,
                jobs,
                Optional.of(new MigratorSeen("shop", "Migrated", "", history)),
                Optional.of(VisitsSeen.parse(visits)),
                marks);
    }

    static Evidence.Run run(String version, double started, double ended, String outcome) {
        return new Evidence.Run(version, "pod", epoch(started), epoch(ended), outcome);
    }

    static Evidence.Start start(String version, double at) {
        return new Evidence.Start(version, "pod", epoch(at), true);
    }

    static double epoch(double seconds) {
        return at(seconds).toEpochMilli() / 1000.0;
    }
}
