package net.coderanger.migrations.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.plan.Abandoned;
import net.coderanger.migrations.plan.Involvement;

/**
 * What the gauges tell of one Migrator.
 *
 * @param namespace its namespace
 * @param name its name
 * @param exists false for one that pods wait for although there is none
 * @param phase one of {@link #phases}
 * @param waitingSince when each pod that it holds back now was created
 * @param ungatedPods how many pods run although their revision is not migrated
 * @param runningSince when the run that is going on was started
 * @param approvalSince since when a person's approval is awaited
 */
record MigratorState(
        String namespace,
        String name,
        boolean exists,
        String phase,
        List<Instant> waitingSince,
        int ungatedPods,
        Optional<Instant> runningSince,
        Optional<Instant> approvalSince) {

    /** In place of {@code Failed}, when it was somebody's decision. */
    static final String STOPPED = "Stopped";

    /** In place of a phase, for a Migrator without a status. */
    static final String UNKNOWN = "Unknown";

    private static final Set<String> DECISIONS =
            Set.of(Reason.MigrationsCancelled.name(), Reason.MigrationsRejected.name());

    MigratorState {
        waitingSince = List.copyOf(waitingSince);
    }

    /**
     * Reads them.
     *
     * @param migrators all Migrators
     * @param pods all pods; it is enough to have those that carry a gate
     */
    static List<MigratorState> of(List<Migrator> migrators, List<Pod> pods) {
        var gated = pods.stream()
                .filter(Abandoned::mayWait)
                .collect(Collectors.groupingBy(pod -> pod.getMetadata().getNamespace()));
        var states = new ArrayList<MigratorState>();
        migrators.forEach(migrator -> states.add(
                of(migrator, gated.getOrDefault(migrator.getMetadata().getNamespace(), List.of()))));
        gated.forEach((namespace, waiting) -> states.addAll(missing(
                namespace,
                waiting,
                migrators.stream()
                        .filter(migrator ->
                                namespace.equals(migrator.getMetadata().getNamespace()))
                        .toList())));
        return states;
    }

    private static MigratorState of(Migrator migrator, List<Pod> gated) {
        var status = Objects.requireNonNullElse(migrator.getStatus(), MigratorStatus.EMPTY);
        return new MigratorState(
                migrator.getMetadata().getNamespace(),
                migrator.getMetadata().getName(),
                true,
                phase(status),
                gated.stream()
                        .filter(pod -> Involvement.holds(migrator, pod))
                        .map(MigratorState::created)
                        .toList(),
                Objects.requireNonNullElse(status.ungatedPods(), 0),
                Optional.ofNullable(status.run()).map(RunStatus::startTime).flatMap(MigratorState::time),
                Optional.ofNullable(status.pendingApproval())
                        .map(PendingApproval::since)
                        .flatMap(MigratorState::time));
    }

    /** All that {@link #phase} may be. */
    static List<String> phases() {
        return Stream.concat(Arrays.stream(Phase.values()).map(Phase::name), Stream.of(STOPPED, UNKNOWN))
                .toList();
    }

    private static String phase(MigratorStatus status) {
        if (status.phase() == null) {
            return UNKNOWN;
        }
        var decided = status.phase() == Phase.Failed
                && status.conditions().stream().anyMatch(condition -> DECISIONS.contains(condition.reason()));
        return decided ? STOPPED : status.phase().name();
    }

    /** Those that pods name in their templates and that nobody has created. */
    private static List<MigratorState> missing(String namespace, List<Pod> gated, List<Migrator> existing) {
        Map<String, List<Instant>> waiting = new LinkedHashMap<>();
        gated.stream()
                .filter(pod -> existing.stream().noneMatch(migrator -> Involvement.holds(migrator, pod)))
                .forEach(pod -> Abandoned.declared(pod)
                        .forEach(name -> waiting.computeIfAbsent(name, any -> new ArrayList<>())
                                .add(created(pod))));
        return waiting.entrySet().stream()
                .map(entry -> new MigratorState(
                        namespace,
                        entry.getKey(),
                        false,
                        UNKNOWN,
                        entry.getValue(),
                        0,
                        Optional.empty(),
                        Optional.empty()))
                .toList();
    }

    private static Instant created(HasMetadata resource) {
        return Optional.ofNullable(resource.getMetadata().getCreationTimestamp())
                .flatMap(MigratorState::time)
                .orElse(Instant.MAX);
    }

    /** A status may come from elsewhere, a backup for example, and a scrape must not fail for one bad time. */
    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
