import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/**
 * What a path of the API names.
 *
 * @param group group and version, with the prefix {@code /api} or {@code /apis}
 * @param namespace empty for all of them, and for kinds that have none
 * @param resource plural of the kind
 * @param name empty for a collection
 * @param subresource empty for the object itself
 */
record Route(String group, String namespace, String resource, String name, String subresource) {

    static Route of(String path) {
        var parts = List.of(path.substring(1).split("/"));
        var groupLength = parts.getFirst().equals("api") ? 2 : 3;
        var group = "/" + String.join("/", parts.subList(0, Math.min(groupLength, parts.size())));
        var rest = parts.subList(Math.min(groupLength, parts.size()), parts.size());
        var namespaced = rest.size() > 2 && rest.getFirst().equals("namespaces");
        var named = namespaced ? rest.subList(2, rest.size()) : rest;
        return new Route(group, namespaced ? rest.get(1) : "", at(named, 0), at(named, 1), at(named, 2));
    }

    /** Path of the collection that an object belongs to. */
    static String collectionOf(JsonNode object) {
        var version = object.path("apiVersion").asText();
        var namespace = object.path("metadata").path("namespace").asText("");
        var group = (version.contains("/") ? "/apis/" : "/api/") + version;
        return new Route(group, namespace, plural(object.path("kind").asText()), "", "").path();
    }

    String path() {
        var collection = group + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + resource;
        return name.isEmpty() ? collection : collection + "/" + name;
    }

    Route collection() {
        return new Route(group, namespace, resource, "", "");
    }

    /** Whether an object is in this collection, or is the named one. */
    boolean shows(JsonNode object) {
        var of = Route.of(collectionOf(object));
        return of.group.equals(group)
                && of.resource.equals(resource)
                && (namespace.isEmpty() || namespace.equals(of.namespace))
                && (name.isEmpty() || name.equals(object.path("metadata").path("name").asText()));
    }

    private static String plural(String kind) {
        return kind.toLowerCase(Locale.ROOT) + "s";
    }

    private static String at(List<String> parts, int index) {
        return parts.size() > index ? parts.get(index) : "";
    }
}
