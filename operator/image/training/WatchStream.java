import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** A watch: events as lines of a chunked answer, or as messages of a web socket when the client asks for one. */
final class WatchStream implements Cluster.Watcher {

    private static final String WEB_SOCKET_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final OutputStream out;
    private final Route route;
    private final Map<String, String> query;
    private boolean webSocket;

    WatchStream(OutputStream out, Route route, Map<String, String> query) {
        this.out = out;
        this.route = route;
        this.query = query;
    }

    void serve(Cluster cluster, InputStream in, Map<String, String> headers) throws IOException {
        webSocket = headers.containsKey("Sec-WebSocket-Key");
        out.write((webSocket ? switchingProtocols(headers) : chunked()).getBytes(UTF_8));
        out.flush();
        var initial = "true".equals(query.get("sendInitialEvents"));
        cluster.watch(this, route, initial || query.getOrDefault("resourceVersion", "").isEmpty());
        if (initial) {
            bookmark(cluster.version());
        }
        try {
            // Whatever the client sends after its request, it means the end.
            in.read();
        } finally {
            cluster.unwatch(this);
        }
        throw new IOException("the watch has ended");
    }

    @Override
    public void changed(String type, ObjectNode object) {
        if (!route.shows(object) || !selected(object)) {
            return;
        }
        var event = Cluster.JSON.createObjectNode().put("type", type);
        event.set("object", object);
        try {
            send(Cluster.JSON.writeValueAsBytes(event));
        } catch (IOException e) {
            // The reader of this connection sees it as well, and ends the watch.
        }
    }

    private boolean selected(ObjectNode object) {
        var selector = query.getOrDefault("fieldSelector", "");
        return !selector.startsWith("metadata.name=")
                || selector.substring("metadata.name=".length())
                        .equals(object.path("metadata").path("name").asText());
    }

    private void bookmark(long version) throws IOException {
        var event = Cluster.JSON.createObjectNode().put("type", "BOOKMARK");
        event.putObject("object")
                .put("kind", "Bookmark")
                .put("apiVersion", "v1")
                .putObject("metadata")
                .put("resourceVersion", Long.toString(version))
                .putObject("annotations")
                .put("k8s.io/initial-events-end", "true");
        send(Cluster.JSON.writeValueAsBytes(event));
    }

    private synchronized void send(byte[] event) throws IOException {
        if (webSocket) {
            out.write(0x81);
            if (event.length < 126) {
                out.write(event.length);
            } else {
                // Two bytes of length: no object of the training is longer than 64 KiB.
                out.write(new byte[] {126, (byte) (event.length >> 8), (byte) event.length});
            }
            out.write(event);
        } else {
            out.write((Integer.toHexString(event.length + 1) + "\r\n").getBytes(UTF_8));
            out.write(event);
            out.write("\n\r\n".getBytes(UTF_8));
        }
        out.flush();
    }

    private static String chunked() {
        return "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    private static String switchingProtocols(Map<String, String> headers) {
        var key = headers.get("Sec-WebSocket-Key") + WEB_SOCKET_ID;
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(key.getBytes(UTF_8));
            return "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
