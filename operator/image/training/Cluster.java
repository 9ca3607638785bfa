import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArraySet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The objects of the training cluster, by the path under which the API shows each. */
final class Cluster {

    /** Is told of each change. */
    interface Watcher {
        void changed(String type, ObjectNode object);
    }

    static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<String, ObjectNode> byPath = new TreeMap<>();
    private final Set<Watcher> watchers = new CopyOnWriteArraySet<>();
    private long version = 1;

    Cluster(Path seeds) throws IOException {
        var yaml = new Load(LoadSettings.builder().build());
        for (var seed : yaml.loadAllFromString(Files.readString(seeds))) {
            var object = JSON.<ObjectNode>valueToTree(seed);
            create(Route.collectionOf(object), object);
        }
    }

    synchronized long version() {
        return version;
    }

    /** Those of a collection, which is named by its path, in all namespaces when the path names none. */
    synchronized List<ObjectNode> in(Route route) {
        return byPath.values().stream().filter(route::shows).map(ObjectNode::deepCopy).toList();
    }

    synchronized ObjectNode get(String path) {
        var object = byPath.get(path);
        if (object == null) {
            throw new NoSuchElementException(path);
        }
        return object.deepCopy();
    }

    /** Null when there is one of that name. */
    synchronized ObjectNode create(String collection, ObjectNode object) {
        var metadata = object.withObject("/metadata");
        if (!metadata.has("name")) {
            metadata.put("name", metadata.path("generateName").asText("unnamed-") + version);
        }
        metadata.put("uid", metadata.path("uid").asText(UUID.randomUUID().toString()));
        metadata.put("creationTimestamp", "2026-01-01T00:00:00Z").put("generation", 1);
        var path = collection + "/" + metadata.path("name").asText();
        return byPath.containsKey(path) ? null : put("ADDED", path, object);
    }

    synchronized ObjectNode replace(String path, ObjectNode object) {
        get(path);
        return put("MODIFIED", path, object);
    }

    /** Replaces the status only, and keeps the rest. */
    synchronized ObjectNode replaceStatus(String path, JsonNode status) {
        var object = get(path);
        object.set("status", status);
        return put("MODIFIED", path, object);
    }

    synchronized ObjectNode delete(String path) {
        var object = get(path);
        byPath.remove(path);
        return tell("DELETED", object);
    }

    /** Begins with what there is, as the API does when a watch names no version. */
    synchronized void watch(Watcher watcher, Route route, boolean fromTheBeginning) {
        if (fromTheBeginning) {
            in(route).forEach(object -> watcher.changed("ADDED", object));
        }
        watchers.add(watcher);
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    private ObjectNode put(String type, String path, ObjectNode object) {
        version++;
        object.withObject("/metadata").put("resourceVersion", Long.toString(version));
        byPath.put(path, object);
        return tell(type, object);
    }

    private ObjectNode tell(String type, ObjectNode object) {
        var copy = object.deepCopy();
        watchers.forEach(watcher -> watcher.changed(type, copy));
        return copy;
    }
}
