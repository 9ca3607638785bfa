import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/** One client, one request after the other, HTTP/1.1. */
final class Connection {

    private static final JsonNode EVERYTHING_IS_ALLOWED = Cluster.JSON.valueToTree(Map.of(
            "allowed",
            true,
            "resourceRules",
            List.of(Map.of(
                    "apiGroups", List.of("coordination.k8s.io"),
                    "resources", List.of("leases"),
                    "verbs", List.of("*")))));

    private final Socket socket;
    private final Cluster cluster;

    Connection(Socket socket, Cluster cluster) {
        this.socket = socket;
        this.cluster = cluster;
    }

    Void serve() {
        try (socket;
                var in = new BufferedInputStream(socket.getInputStream());
                var out = new BufferedOutputStream(socket.getOutputStream())) {
            for (var line = line(in); !line.isEmpty(); line = line(in)) {
                request(line.split(" "), in, out);
            }
        } catch (IOException e) {
            // The client has gone: there is nobody to tell.
        }
        return null;
    }

    private void request(String[] line, InputStream in, OutputStream out) throws IOException {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var colon = header.indexOf(':');
            headers.put(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        var target = line[1].split("\\?", 2);
        var query = query(target.length > 1 ? target[1] : "");
        var route = Route.of(target[0]);
        if ("true".equals(query.get("watch"))) {
            new WatchStream(out, route, query).serve(cluster, in, headers);
            return;
        }
        try {
            answer(out, 200, answerTo(line[0], route, body, headers.getOrDefault("Content-Type", "")));
        } catch (NoSuchElementException e) {
            answer(out, 404, failure(404, "NotFound", e.getMessage()));
        } catch (IllegalStateException e) {
            answer(out, 409, failure(409, "AlreadyExists", e.getMessage()));
        }
    }

    private JsonNode answerTo(String method, Route route, byte[] body, String type) throws IOException {
        return switch (method) {
            case "GET" -> route.name().isEmpty() ? list(route) : cluster.get(route.path());
            case "POST" -> create(route, (ObjectNode) Cluster.JSON.readTree(body));
            case "PUT" -> write(route, (ObjectNode) Cluster.JSON.readTree(body));
            case "PATCH" -> patch(route, Cluster.JSON.readTree(body), type);
            case "DELETE" -> cluster.delete(route.path());
            default -> throw new IOException("not understood: " + method);
        };
    }

    private JsonNode list(Route route) {
        var list = Cluster.JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
        list.putObject("metadata").put("resourceVersion", Long.toString(cluster.version()));
        list.putArray("items").addAll(cluster.in(route));
        return list;
    }

    private JsonNode create(Route route, ObjectNode object) {
        if (route.resource().endsWith("reviews")) {
            return object.set("status", EVERYTHING_IS_ALLOWED);
        }
        if (!route.namespace().isEmpty()) {
            object.withObject("/metadata").put("namespace", route.namespace());
        }
        var created = cluster.create(route.path(), object);
        if (created == null) {
            throw new IllegalStateException("there is one already in " + route.path());
        }
        return created;
    }

    private JsonNode write(Route route, ObjectNode object) {
        return route.subresource().equals("status")
                ? cluster.replaceStatus(route.path(), object.path("status"))
                : cluster.replace(route.path(), object);
    }

    private JsonNode patch(Route route, JsonNode patch, String type) throws IOException {
        if (type.startsWith("application/apply-patch") && cluster.in(route).isEmpty()) {
            return create(route.collection(), (ObjectNode) patch);
        }
        var before = cluster.get(route.path());
        var after = type.startsWith("application/json-patch")
                ? JsonPatch.apply(patch, before)
                : Cluster.JSON.readerForUpdating(before).readValue(patch);
        return write(route, (ObjectNode) after);
    }

    private static ObjectNode failure(int code, String reason, String message) {
        return Cluster.JSON
                .createObjectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("code", code)
                .put("reason", reason)
                .put("message", message);
    }

    private static void answer(OutputStream out, int code, JsonNode body) throws IOException {
        var bytes = Cluster.JSON.writeValueAsBytes(body);
        var head = "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(code, bytes.length);
        out.write(head.getBytes(UTF_8));
        out.write(bytes);
        out.flush();
    }

    private static Map<String, String> query(String text) {
        var query = new HashMap<String, String>();
        for (var pair : text.split("&")) {
            var parts = pair.split("=", 2);
            query.put(parts[0], parts.length > 1 ? URLDecoder.decode(parts[1], UTF_8) : "");
        }
        return query;
    }

    /** Without its end; empty at the end of the stream, too. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (var c = in.read(); c != -1 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
