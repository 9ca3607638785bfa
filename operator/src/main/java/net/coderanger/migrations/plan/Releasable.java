package net.coderanger.migrations.plan;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.plan.SeenPod.GateState;

/**
 * Since when pods could have been released: since their revision was migrated, or since they exist if that is later. Read from
 * times in the cluster, so what the operator has missed while it was away counts.
 */
public final class Releasable {

    private Releasable() {}

    /**
     * Of the pods that a plan releases for the first time, by UID. Pods that are released without a migration are left out.
     */
    public static Map<String, Instant> since(Observation seen, Plan plan) {
        var history = History.of(plan.status());
        var situation = new Situation(seen, history);
        var name = seen.name();
        var released = released(plan);
        Map<String, Instant> since = new HashMap<>();
        for (var pod : seen.pods()) {
            if (pod.gateOf(name) == GateState.WAITING && released.contains(pod.uid())) {
                migrated(situation.revision(pod), history)
                        .ifPresent(end -> since.put(pod.uid(), end.isAfter(pod.created()) ? end : pod.created()));
            }
        }
        return since;
    }

    private static Set<String> released(Plan plan) {
        return plan.releases().stream()
                .map(release -> release.pod().getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /** When a revision was migrated; for one that no template has, when the newest was. */
    private static Optional<Instant> migrated(Optional<String> revision, History history) {
        return revision.flatMap(history::migratedAt)
                .or(() -> history.newestSuccess()
                        .map(HistoryEntry::completionTime)
                        .map(Instant::parse));
    }
}
