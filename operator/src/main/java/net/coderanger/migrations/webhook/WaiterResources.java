package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the waiter asks for, so that the pod stays what it was: a pod of the QoS class Guaranteed must not lose its CPUs and its
 * protection to a container that is gone in a moment, and a pod with resources of its own as a whole is not exceeded.
 */
final class WaiterResources {

    private static final List<String> RESOURCES = List.of("cpu", "memory");

    private WaiterResources() {}

    /** The container's {@code resources}; may be empty. */
    static ObjectNode of(WaiterContainer waiter, JsonNode pod) {
        var resources = JsonNodeFactory.instance.objectNode();
        if (!pod.path("spec").path("resources").isEmpty()) {
            return resources;
        }
        var guaranteed = guaranteed(pod);
        var limits = guaranteed ? guaranteedLimits(waiter, pod) : waiter.limits();
        put(resources, "requests", guaranteed ? limits : waiter.requests());
        put(resources, "limits", limits);
        return resources;
    }

    /** CPU as the first container, which never raises what the pod as a whole requests; memory as configured, the JVM needs it. */
    private static Map<String, String> guaranteedLimits(WaiterContainer waiter, JsonNode pod) {
        var first = Json.map(
                pod.path("spec").path("containers").path(0).path("resources").path("limits"));
        var limits = new HashMap<>(waiter.limits());
        limits.put("cpu", first.getOrDefault("cpu", ""));
        limits.putIfAbsent("memory", first.getOrDefault("memory", ""));
        return limits;
    }

    private static boolean guaranteed(JsonNode pod) {
        var containers = Json.list(pod.path("spec").path("containers"));
        return !containers.isEmpty()
                && Stream.concat(containers.stream(), Json.list(pod.path("spec").path("initContainers")).stream())
                        .filter(container -> !WaiterContainer.is(container))
                        .allMatch(WaiterResources::limitsEqualRequests);
    }

    private static boolean limitsEqualRequests(JsonNode container) {
        var limits = Json.map(container.path("resources").path("limits"));
        var requests = Json.map(container.path("resources").path("requests"));
        return RESOURCES.stream()
                .allMatch(resource -> limits.containsKey(resource)
                        && same(limits.get(resource), requests.getOrDefault(resource, limits.get(resource))));
    }

    private static boolean same(String one, String other) {
        try {
            return one.equals(other) || new Quantity(one).equals(new Quantity(other));
        } catch (IllegalArgumentException e) {
            // A quantity that the API server will refuse.
            return false;
        }
    }

    private static void put(ObjectNode resources, String field, Map<String, String> quantities) {
        if (!quantities.isEmpty()) {
            var node = resources.putObject(field);
            RESOURCES.stream()
                    .filter(quantities::containsKey)
                    .forEach(resource -> node.put(resource, quantities.get(resource)));
        }
    }
}
