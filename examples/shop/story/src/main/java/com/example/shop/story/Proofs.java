package com.example.shop.story;

import com.example.shop.story.Proof.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The claims of the demo, each held against the evidence. Evidence that is missing proves nothing, so it refutes. */
final class Proofs {

    /** How each version's migration has to end. */
    private static final Map<String, String> OUTCOMES = Map.of("v1", "succeeded", "v2", "succeeded", "v3", "failed");

    private static final List<String> VERSIONS = List.of("v1", "v2", "v3");
    private static final int REPLICAS = 3;
    private static final int FEWEST_VISITS = 100;
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private final Evidence evidence;

    private Proofs(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Proof> of(Evidence evidence) {
        var proofs = new Proofs(evidence);
        return List.of(
                proofs.once(),
                proofs.closed(),
                proofs.neverRan(),
                proofs.rollback(),
                proofs.served(),
                proofs.remembered());
    }

    private Proof once() {
        var said = new ArrayList<String>();
        boolean holds = evidence.flyway().equals(List.of("1", "2"));
        for (var version : VERSIONS) {
            var runs = evidence.runsOf(version);
            var jobs = evidence.jobsOf(version);
            var containers = evidence.migrationPodsOf(version).stream()
                    .mapToLong(pod -> evidence.startsOf(pod).count())
                    .sum();
            holds &= runs.size() == 1
                    && runs.getFirst().outcome().equals(OUTCOMES.get(version))
                    && jobs.size() == 1
                    && containers == 1;
            said.add("%s: %s in shop_migration_runs; Jobs: %d, containers: %d"
                    .formatted(version, told(runs), jobs.size(), containers));
        }
        said.add("flyway_schema_history: " + String.join(", ", evidence.flyway()));
        return new Proof(Claim.ONCE, holds, said);
    }

    private static String told(List<Evidence.Run> runs) {
        var each = runs.stream()
                .map(run -> run.outcome() + " in " + seconds(run.ended() - run.started()))
                .toList();
        return runs.size() + (runs.size() == 1 ? " run (" : " runs (") + String.join(", ", each) + ")";
    }

    private Proof closed() {
        var said = new ArrayList<String>();
        boolean holds = true;
        for (var version : VERSIONS) {
            var starts = evidence.startsOf(version);
            var ends = evidence.runsOf(version).stream()
                    .filter(run -> run.outcome().equals("succeeded"))
                    .mapToDouble(Evidence.Run::ended)
                    .max();
            var enough = OUTCOMES.get(version).equals("failed") || starts.size() >= REPLICAS;
            var early = starts.stream()
                    .filter(start -> !start.schemaThere() || ends.isEmpty() || start.at() < ends.getAsDouble())
                    .count();
            holds &= enough && early == 0;
            said.add(version + ": " + told(starts, early, ends));
        }
        var early = VERSIONS.stream().mapToLong(this::earlyContainers).sum();
        var seen = VERSIONS.stream()
                .flatMap(version -> evidence.podsOf(version).stream())
                .count();
        said.add("by the node's clock, pods seen: %d, containers that started before the migration's Job had ended: %d"
                .formatted(seen, early));
        return new Proof(Claim.CLOSED, holds && early == 0 && seen > 0, said);
    }

    private static String told(List<Evidence.Start> starts, long early, OptionalDouble end) {
        if (starts.isEmpty()) {
            return "no start in shop_starts";
        }
        var first = starts.stream().mapToDouble(Evidence.Start::at).min().getAsDouble();
        return starts.size() + " starts in shop_starts, "
                + (early > 0
                        ? early + " of them before the migration had succeeded"
                        : "the first " + seconds(first - end.getAsDouble()) + " after the migration's end");
    }

    /** Containers that started before the end of the successful migration container of the same image. */
    private long earlyContainers(String version) {
        var end = evidence.migrationPodsOf(version).stream()
                .flatMap(PodSeen::application)
                .filter(ContainerSeen::succeeded)
                .flatMap(container -> container.now().finished().stream())
                .max(Instant::compareTo);
        return evidence.podsOf(version).stream()
                .flatMap(evidence::startsOf)
                .filter(start -> end.isEmpty() || start.isBefore(end.get()))
                .count();
    }

    private Proof neverRan() {
        var pods = evidence.podsOf("v3");
        var containers = pods.stream().flatMap(evidence::startsOf).count();
        var starts = evidence.startsOf("v3").size();
        return new Proof(
                Claim.NEVER_RAN,
                !pods.isEmpty() && containers == 0 && starts == 0,
                List.of(
                        "pods of shop:v3 seen: %d, containers of theirs that started: %d, starts of v3 in shop_starts: %d"
                                .formatted(pods.size(), containers, starts)));
    }

    private Proof rollback() {
        var began = evidence.marks().get("rollback");
        var ended = evidence.marks().get("rolled back");
        if (began == null || ended == null) {
            return new Proof(Claim.ROLLBACK, false, List.of("the demo has not come so far"));
        }
        var took = Duration.between(began, ended);
        var secondOf = Instant.ofEpochSecond(began.getEpochSecond());
        var pods = evidence.podsOf("v2").stream()
                .filter(pod -> isSince(pod.created().stream(), secondOf))
                .toList();
        var slowest = pods.stream().flatMap(pod -> pod.timeToStart().stream()).max(Duration::compareTo);
        var started = pods.stream().filter(pod -> pod.timeToStart().isPresent()).count();
        var jobs = evidence.jobs().stream()
                .filter(job -> isSince(job.created().stream(), secondOf))
                .count();
        var runs = evidence.runs().stream()
                .filter(run -> run.started() >= began.toEpochMilli() / 1000.0)
                .count();
        return new Proof(
                Claim.ROLLBACK,
                took.compareTo(AT_ONCE) <= 0
                        && !pods.isEmpty()
                        && started == pods.size()
                        && slowest.filter(time -> time.compareTo(AT_ONCE) < 0).isPresent()
                        && jobs == 0
                        && runs == 0,
                List.of(
                        "%s from rollout undo to available".formatted(seconds(took.toMillis() / 1000.0)),
                        "new pods of shop:v2: %d, started: %d, after %d s at most"
                                .formatted(
                                        pods.size(),
                                        started,
                                        slowest.map(Duration::toSeconds).orElse(0L)),
                        "Jobs since: %d, runs of a migration since: %d".formatted(jobs, runs)));
    }

    private static boolean isSince(Stream<Instant> time, Instant begin) {
        return time.anyMatch(instant -> !instant.isBefore(begin));
    }

    private Proof served() {
        return evidence.visits()
                .map(visits -> new Proof(
                        Claim.SERVED,
                        visits.failed() == 0
                                && visits.visits() >= FEWEST_VISITS
                                && !visits.versions().isEmpty(),
                        List.of("requests to the Service: %d, failed: %d; the last were served by %s"
                                .formatted(visits.visits(), visits.failed(), visits.versions()))))
                .orElse(new Proof(Claim.SERVED, false, List.of("the visitors have said nothing")));
    }

    private Proof remembered() {
        var history = evidence.migrator().map(MigratorSeen::history).orElse(List.of());
        var told = history.reversed().stream()
                .map(run -> run.revision() + " " + run.outcome().toLowerCase(Locale.ROOT))
                .toList();
        var why = history.stream()
                .filter(run -> run.outcome().equals("Failed"))
                .flatMap(run -> run.message().lines())
                .filter(line -> line.contains("ERROR: "))
                .map(line -> line.substring(line.indexOf("ERROR: ")))
                .reduce((first, second) -> second);
        return new Proof(
                Claim.REMEMBERED,
                told.equals(List.of("shop:v1 succeeded", "shop:v2 succeeded", "shop:v3 failed"))
                        && why.filter(error -> error.contains("tax_rate")).isPresent(),
                List.of("status.history: " + String.join(", ", told), why.orElse("no cause is named")));
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
