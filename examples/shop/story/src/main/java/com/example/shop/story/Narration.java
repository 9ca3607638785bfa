package com.example.shop.story;

import com.example.shop.story.Line.Tone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What changes between two sightings of the same object, in words. It knows no cluster and no clock. */
final class Narration {

    private static final String APP = "shop";

    private final Map<String, PodSeen> pods = new HashMap<>();
    private final Map<String, JobSeen> jobs = new HashMap<>();
    private final Map<String, Instant> firstSeen = new HashMap<>();
    private final Set<String> served = new HashSet<>();
    private final Set<String> failures = new HashSet<>();
    private final Map<String, String> phases = new HashMap<>();
    private String versions = "";
    private int visits;
    private int failed;

    List<Line> hear(Sighting sighting, Instant now) {
        return switch (sighting) {
            case PodSeen pod -> pod(pod, now);
            case JobSeen job -> job(job, now);
            case MigratorSeen migrator -> migrator(migrator);
            case VisitsSeen seen -> visits(seen);
            case Cue cue -> cue(cue);
        };
    }

    private List<Line> cue(Cue cue) {
        return switch (cue.kind()) {
            case ACT -> List.of(Line.of(Tone.ACT, cue.text()));
            case RUN -> List.of(Line.of(Tone.RUN, "$ " + cue.text()));
            case NOTE -> List.of(Line.of(Tone.PLAIN, cue.text()));
            case COUNT ->
                List.of(Line.of(
                        failed == 0 ? Tone.GOOD : Tone.BAD,
                        "%s: %d visits so far, %d failed".formatted(cue.text(), visits, failed)));
            case MARK -> List.of();
        };
    }

    private List<Line> pod(PodSeen pod, Instant now) {
        var before = Optional.ofNullable(pods.put(pod.uid(), pod));
        firstSeen.putIfAbsent(pod.uid(), now);
        if (pod.isMigration() || !pod.app().equals(APP)) {
            return List.of();
        }
        var lines = new ArrayList<Line>();
        if (before.isEmpty()) {
            lines.add(arrival(pod));
        } else if (before.get().held() && !pod.held()) {
            var after = " after " + seconds(pod.uid(), now);
            lines.add(tell(Tone.GOOD, pod, "is released: " + pod.image(), "are released: " + pod.image(), after));
        }
        if (!pod.ending() && failedAnew(pod)) {
            var rest = " started and failed: " + pod.image();
            lines.add(tell(Tone.BAD, pod, "has" + rest, "have" + rest, ""));
        }
        if (pod.ready() && served.add(pod.uid())) {
            lines.add(tell(Tone.GOOD, pod, "serves " + pod.image(), "serve " + pod.image(), ""));
        }
        if (pod.ending() && !before.map(PodSeen::ending).orElse(false)) {
            var rest = ": " + pod.image() + (pod.held() ? ", never started" : "");
            lines.add(tell(Tone.PLAIN, pod, "goes" + rest, "go" + rest, ""));
        }
        return lines;
    }

    private static Line arrival(PodSeen pod) {
        var migration = " for the migration of " + pod.image();
        return pod.held()
                ? tell(Tone.WAITING, pod, "waits" + migration, "wait" + migration, "")
                : tell(
                        Tone.PLAIN,
                        pod,
                        "starts without waiting: " + pod.image(),
                        "start without waiting: " + pod.image(),
                        "");
    }

    private boolean failedAnew(PodSeen pod) {
        return pod.application()
                        .flatMap(ContainerSeen::executions)
                        .filter(ContainerSeen.Execution::failed)
                        .filter(execution -> failures.add(pod.uid() + execution.started()))
                        .count()
                > 0;
    }

    private static Line tell(Tone tone, PodSeen pod, String one, String many, String rest) {
        return Line.ofPod(tone, pod.name(), one, many, rest);
    }

    private List<Line> job(JobSeen job, Instant now) {
        var before = Optional.ofNullable(jobs.put(job.uid(), job));
        firstSeen.putIfAbsent(job.uid(), now);
        var lines = new ArrayList<Line>();
        if (before.isEmpty()) {
            lines.add(Line.of(Tone.PLAIN, "Job " + job.name() + " migrates to " + job.revision()));
        }
        if (job.succeeded() && !before.map(JobSeen::succeeded).orElse(false)) {
            lines.add(Line.of(
                    Tone.GOOD, "migration to " + job.revision() + " succeeded after " + seconds(job.uid(), now)));
        }
        if (job.failed() && !before.map(JobSeen::failed).orElse(false)) {
            lines.add(Line.of(
                    Tone.BAD,
                    "migration to " + job.revision() + " failed after " + seconds(job.uid(), now) + lastWords(job)));
        }
        return lines;
    }

    private String lastWords(JobSeen job) {
        return pods.values().stream()
                .filter(pod -> pod.isMigration() && pod.run().equals(job.run()))
                .flatMap(PodSeen::application)
                .flatMap(container -> container.message().lines())
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .map(line -> ": " + line.strip())
                .orElse("");
    }

    private List<Line> migrator(MigratorSeen migrator) {
        var before = phases.put(migrator.name(), migrator.phase());
        if (migrator.phase().isEmpty() || migrator.phase().equals(before)) {
            return List.of();
        }
        var tone = switch (migrator.phase()) {
            case "Migrated" -> Tone.GOOD;
            case "Failed", "Invalid" -> Tone.BAD;
            default -> Tone.PLAIN;
        };
        var said = migrator.message().isEmpty() ? "" : ": " + inOneLine(migrator.message());
        return List.of(Line.of(tone, "Migrator " + migrator.name() + " is " + migrator.phase() + said));
    }

    /** Of a long message, which ends with a migration's output, its begin and its end. */
    private static String inOneLine(String message) {
        var lines = message.lines().filter(line -> !line.isBlank()).toList();
        return lines.size() < 2 ? message : lines.getFirst() + " … " + lines.getLast();
    }

    private List<Line> visits(VisitsSeen seen) {
        if (!seen.isReport()) {
            return List.of(Line.of(Tone.BAD, "a visit " + seen.text()));
        }
        visits = seen.visits();
        failed = seen.failed();
        if (seen.versions().isEmpty() || seen.versions().equals(versions)) {
            return List.of();
        }
        versions = seen.versions();
        return List.of(Line.of(Tone.PLAIN, "visitors are served by " + versions.replace(",", " and ")));
    }

    private String seconds(String uid, Instant now) {
        var millis = Duration.between(firstSeen.getOrDefault(uid, now), now).toMillis();
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
