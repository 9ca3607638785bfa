package net.coderanger.migrations.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.Abandoned;
import net.coderanger.migrations.plan.Revision;
import net.coderanger.migrations.plan.Selectors;

/** Whether a pod is gated, and by whom. */
sealed interface InjectionDecision {

    /** The pod stays as it is. */
    record Leave(String reason) implements InjectionDecision {}

    /** The pod gets these gates, at least one. */
    record Inject(List<PodGate> gates) implements InjectionDecision {}

    /** The pod is refused. */
    record Reject(String message) implements InjectionDecision {}

    int MAX_NAME = 253;
    Pattern MIGRATOR_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    /**
     * Decides.
     *
     * @param migrators those of the pod's namespace
     * @param standing is asked about Migrators that would gate the pod, and about no others
     */
    static InjectionDecision of(AdmittedPod pod, List<Migrator> migrators, Function<Migrator, Standing> standing) {
        if (pod.annotation(Annotations.NO_WAIT).equals("true")) {
            return new Leave("its annotation " + Annotations.NO_WAIT + " says so");
        }
        if (pod.ofMigrationJob()) {
            return new Leave("it runs a migration itself");
        }
        if (pod.mirrorsStaticPod()) {
            return new Leave("it mirrors a static pod, which its node starts in any case");
        }
        var existing = migrators.stream()
                .filter(migrator -> migrator.getMetadata().getDeletionTimestamp() == null)
                .toList();
        var labels = pod.labels();
        var matching = existing.stream()
                .filter(migrator -> Selectors.matches(migrator.getSpec().selector(), labels))
                .toList();
        if (matching.isEmpty() && pod.annotation(Annotations.REQUIRED).equals("true")) {
            return new Reject("no migrators found matching pod: its annotation " + Annotations.REQUIRED
                    + " is \"true\", but spec.selector of no Migrator in namespace " + pod.namespace()
                    + " matches its labels " + labels
                    + ". Create such a Migrator, or remove the annotation from the pod's template");
        }
        var waitFor = Abandoned.names(pod.annotation(Annotations.WAIT_FOR));
        var revision = pod.annotation(Annotations.REVISION);
        if (!(matching.isEmpty() && waitFor.isEmpty()) && !revision.isBlank() && !Revision.legal(revision)) {
            return new Reject("annotation " + Annotations.REVISION + ": \"" + revision
                    + "\" cannot be a revision. Write up to 512 letters, digits and characters of . _ : / @ + -,"
                    + " beginning with a letter or digit, into the pod's template");
        }
        return notNames(waitFor)
                .<InjectionDecision>map(name -> new Reject("annotation " + Annotations.WAIT_FOR + ": \"" + name
                        + "\" cannot be the name of a Migrator. Write the names of Migrators of namespace "
                        + pod.namespace() + ", separated by commas"))
                .orElseGet(() -> gated(pod, gates(waitFor, matching, existing, standing)));
    }

    /** Whether a Migrator may have something to do with a pod. */
    static boolean concerns(Migrator migrator, AdmittedPod pod) {
        return Selectors.matches(migrator.getSpec().selector(), pod.labels())
                || Abandoned.names(pod.annotation(Annotations.WAIT_FOR))
                        .contains(migrator.getMetadata().getName());
    }

    private static Optional<String> notNames(List<String> names) {
        return names.stream()
                .filter(name ->
                        name.length() > MAX_NAME || !MIGRATOR_NAME.matcher(name).matches())
                .findFirst();
    }

    private static List<PodGate> gates(
            List<String> waitFor,
            List<Migrator> matching,
            List<Migrator> existing,
            Function<Migrator, Standing> standing) {
        var gates = new TreeMap<String, PodGate>();
        waitFor.forEach(
                name -> gates.put(name, new PodGate(name, PodGate.Kind.INIT_CONTAINER, false, Optional.empty())));
        for (var migrator : existing) {
            var name = migrator.getMetadata().getName();
            var gate = migrator.getSpec().gateOrDefault();
            var selected = matching.contains(migrator) && gate != Gate.None;
            if (!selected && !waitFor.contains(name)) {
                continue;
            }
            var found = standing.apply(migrator);
            if (found.mayPass()) {
                gates.remove(name);
            } else {
                gates.put(name, new PodGate(name, kind(gate), selected, found.revision()));
            }
        }
        return new ArrayList<>(gates.values());
    }

    private static PodGate.Kind kind(Gate gate) {
        return switch (gate) {
            case SchedulingGate -> PodGate.Kind.SCHEDULING_GATE;
            case InitContainer, None -> PodGate.Kind.INIT_CONTAINER;
        };
    }

    /** The waiter is a Linux program, and a pod that names its node cannot have scheduling gates: each stands in for the other. */
    private static InjectionDecision gated(AdmittedPod pod, List<PodGate> gates) {
        if (gates.isEmpty()) {
            return new Leave("no Migrator holds it back");
        }
        if (pod.onWindows() && pod.namesItsNode()) {
            return new Reject(
                    "the pod has to wait for a database migration, but nothing can hold it: spec.nodeName rules out"
                            + " a scheduling gate, and spec.os.name: windows rules out the waiter. Use nodeSelector in place of nodeName");
        }
        if (pod.onWindows()) {
            return new Inject(all(gates, PodGate.Kind.SCHEDULING_GATE));
        }
        return new Inject(pod.namesItsNode() ? all(gates, PodGate.Kind.INIT_CONTAINER) : gates);
    }

    private static List<PodGate> all(List<PodGate> gates, PodGate.Kind kind) {
        return gates.stream()
                .map(gate -> new PodGate(gate.migrator(), kind, gate.selected(), gate.revision()))
                .toList();
    }
}
