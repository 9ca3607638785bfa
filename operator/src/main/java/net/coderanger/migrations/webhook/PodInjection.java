package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.plan.Abandoned;

/**
 * From a pod and the gates it is to get to the JSON Patch that adds them. A gate that the pod carries already is left as it is.
 *
 * <p>Waiters go first in {@code initContainers}, in the order of their names. When another webhook has put something before
 * them, the API server asks again (reinvocation policy IfNeeded, once at most) and they are moved to the front: nothing of a new
 * version may run before its migration, and what others inject (a mesh's proxy, a secret's lease) serves better when the
 * waiting is over. The waiter needs none of it: it uses no network.
 */
final class PodInjection {

    private static final String CONTAINERS = "/spec/initContainers";
    private static final String VOLUMES = "/spec/volumes";
    private static final String SCHEDULING_GATES = "/spec/schedulingGates";
    private static final String ANNOTATIONS = "/metadata/annotations";

    private final JsonNode pod;
    private final WaiterContainer waiter;
    private final JsonPatch patch = new JsonPatch();

    private PodInjection(JsonNode pod, WaiterContainer waiter) {
        this.pod = pod;
        this.waiter = waiter;
    }

    /** The patch's operations; none if the pod is as it should be. */
    static ArrayNode patch(JsonNode pod, List<PodGate> gates, WaiterContainer waiter) {
        var injection = new PodInjection(pod, waiter);
        injection.inject(
                gates.stream().sorted(Comparator.comparing(PodGate::migrator)).toList());
        return injection.patch.operations();
    }

    private void inject(List<PodGate> gates) {
        // A scheduling gate that somebody wrote by hand holds the pod until the same moment as any other.
        var byContainer = gates.stream()
                .filter(gate -> gate.kind() == PodGate.Kind.INIT_CONTAINER && !hasSchedulingGate(gate.migrator()))
                .toList();
        var byScheduling = gates.stream()
                .filter(gate -> gate.kind() == PodGate.Kind.SCHEDULING_GATE)
                .filter(gate -> !hasSchedulingGate(gate.migrator()) && !hasWaiter(gate.migrator()))
                .toList();
        if (!byContainer.isEmpty()) {
            addVolume(byContainer);
            addWaiters(byContainer);
        }
        if (!byScheduling.isEmpty()) {
            addSchedulingGates(byScheduling);
        }
        var injected = new ArrayList<>(byContainer);
        injected.addAll(byScheduling);
        annotate(injected);
    }

    private void addVolume(List<PodGate> gates) {
        var volumes = pod.at(VOLUMES);
        var index = Json.names(volumes).indexOf(Gates.VOLUME);
        var items = volumes.path(index).path("downwardAPI").path("items");
        if (items.isArray()) {
            var known = Json.list(items).stream()
                    .map(item -> Json.text(item, "path"))
                    .toList();
            gates.stream()
                    .filter(gate -> !known.contains(Gates.fileName(gate.migrator())))
                    .forEach(gate -> patch.add(VOLUMES + "/" + index + "/downwardAPI/items/-", item(gate.migrator())));
            return;
        }
        var volume = JsonNodeFactory.instance.objectNode().put("name", Gates.VOLUME);
        var wanted = volume.putObject("downwardAPI").putArray("items");
        gates.forEach(gate -> wanted.add(item(gate.migrator())));
        if (index >= 0) {
            // A volume of another sort under our name: the waiter could not read it.
            patch.replace(VOLUMES + "/" + index, volume);
        } else {
            append(VOLUMES, List.of(volume));
        }
    }

    private static ObjectNode item(String migrator) {
        var item = JsonNodeFactory.instance.objectNode().put("path", Gates.fileName(migrator));
        item.putObject("fieldRef").put("fieldPath", "metadata.annotations['" + Annotations.released(migrator) + "']");
        return item;
    }

    private void addWaiters(List<PodGate> gates) {
        var wanted = new TreeMap<String, ObjectNode>();
        gates.forEach(gate -> wanted.put(Gates.waiterContainer(gate.migrator()), waiter.asContainer(gate, pod)));
        var present = Json.list(pod.at(CONTAINERS));
        if (present.isEmpty()) {
            patch.add(CONTAINERS, JsonNodeFactory.instance.arrayNode().addAll(wanted.values()));
            return;
        }
        var front = new TreeSet<>(wanted.keySet());
        var order = new ArrayList<String>();
        for (var container : present) {
            var name = Json.text(container, "name");
            var ours = wanted.get(name);
            if (WaiterContainer.is(container)) {
                front.add(name);
            } else if (ours != null) {
                // The original operator's waiter, or an attempt to stand in for ours; two of one name are invalid.
                patch.replace(CONTAINERS + "/" + order.size(), ours);
            }
            order.add(name);
        }
        bringToFront(front, order, wanted);
    }

    private void bringToFront(Set<String> front, List<String> order, Map<String, ObjectNode> wanted) {
        var place = 0;
        for (var name : front) {
            var from = order.subList(place, order.size()).indexOf(name);
            if (from > 0) {
                patch.move(CONTAINERS + "/" + (place + from), CONTAINERS + "/" + place);
                order.remove(place + from);
                order.add(place, name);
            } else if (from < 0) {
                // What is not there yet is wanted: the rest of the front is.
                patch.add(CONTAINERS + "/" + place, Objects.requireNonNull(wanted.get(name)));
                order.add(place, name);
            }
            place++;
        }
    }

    private void addSchedulingGates(List<PodGate> gates) {
        append(
                SCHEDULING_GATES,
                gates.stream()
                        .map(gate -> JsonNodeFactory.instance
                                .objectNode()
                                .put("name", Gates.schedulingGate(gate.migrator())))
                        .toList());
    }

    /**
     * Names the Migrators whose gate was injected for their selector. Names that stand there already stay if their gate does:
     * they come from the first of two invocations.
     */
    private void annotate(List<PodGate> injected) {
        var annotations = pod.at(ANNOTATIONS);
        var before = Json.text(annotations, Annotations.GATED_BY);
        var names = new TreeSet<String>();
        Abandoned.names(before).stream()
                .filter(name -> hasWaiter(name) || hasSchedulingGate(name))
                .forEach(names::add);
        injected.stream().filter(PodGate::selected).map(PodGate::migrator).forEach(names::add);
        var after = String.join(",", names);
        if (after.equals(before)) {
            return;
        }
        if (!annotations.isObject()) {
            patch.add(ANNOTATIONS, JsonNodeFactory.instance.objectNode());
        }
        patch.add(
                ANNOTATIONS + "/" + JsonPatch.escaped(Annotations.GATED_BY), JsonNodeFactory.instance.textNode(after));
    }

    private void append(String list, List<ObjectNode> elements) {
        if (pod.at(list).isArray()) {
            elements.forEach(element -> patch.add(list + "/-", element));
        } else {
            patch.add(list, JsonNodeFactory.instance.arrayNode().addAll(elements));
        }
    }

    private boolean hasSchedulingGate(String migrator) {
        return Json.names(pod.at(SCHEDULING_GATES)).contains(Gates.schedulingGate(migrator));
    }

    private boolean hasWaiter(String migrator) {
        return Json.list(pod.at(CONTAINERS)).stream()
                .anyMatch(container -> WaiterContainer.is(container)
                        && Gates.waiterContainer(migrator).equals(Json.text(container, "name")));
    }
}
