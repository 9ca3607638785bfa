package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import java.util.function.Predicate;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.SafeName;
import net.coderanger.migrations.plan.SeenPod.GateState;

/** Which pods a Migrator has to look at. */
public final class Involvement {

    private Involvement() {}

    /** Whether a Migrator's plan may depend on a pod: one that it selects or holds, or one of its own Jobs. */
    public static boolean concerns(Migrator migrator, Pod pod) {
        return holdsOrSelects(migrator).test(pod) || ownJob(migrator, pod);
    }

    /** The pods that are held or selected by a Migrator; pods of migration Jobs never are. */
    public static Predicate<Pod> holdsOrSelects(Migrator migrator) {
        var selected = Selectors.of(migrator.getSpec().selector());
        return pod -> {
            var seen = new SeenPod(pod, Optional.empty(), Optional.empty());
            return !SeenPod.ofMigrationJob(pod)
                    && (selected.test(seen.labels())
                            || seen.gateOf(migrator.getMetadata().getName()) != GateState.ABSENT);
        };
    }

    /** Whether a Migrator's gate holds a pod back now. */
    public static boolean holds(Migrator migrator, Pod pod) {
        var seen = new SeenPod(pod, Optional.empty(), Optional.empty());
        return seen.live() && seen.gateOf(migrator.getMetadata().getName()) == GateState.WAITING;
    }

    /** Whether a pod belongs to one of the Migrator's Jobs. */
    public static boolean ownJob(Migrator migrator, Pod pod) {
        return SeenPod.ofMigrationJob(pod)
                && SafeName.of(migrator.getMetadata().getName(), SafeName.MAX)
                        .equals(pod.getMetadata().getLabels().get(Labels.MIGRATOR));
    }
}
