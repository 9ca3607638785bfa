package net.coderanger.migrations.controller;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The API of a cluster of many pods, as far as watching it needs: lists, in pages if asked for, and watches that see no change. */
final class LargeCluster implements AutoCloseable {

    private final int pods;
    private final ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private LargeCluster(int pods) throws IOException {
        this.pods = pods;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // connections end as they end
    static LargeCluster of(int pods) throws IOException {
        var cluster = new LargeCluster(pods);
        cluster.threads.submit((Callable<Void>) () -> {
            while (true) {
                var connection = cluster.server.accept();
                cluster.threads.submit(() -> cluster.serve(connection));
            }
        });
        return cluster;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private @Nullable Void serve(Socket connection) throws IOException {
        try (connection) {
            var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII));
            var request = URI.create(in.readLine().split(" ", 3)[1]);
            while (!in.readLine().isEmpty()) {}
            var query = query(Objects.requireNonNullElse(request.getQuery(), ""));
            if ("true".equals(query.get("watch"))) {
                answer(connection, "Transfer-Encoding: chunked", new byte[0]);
                in.read(); // until the client has enough
            } else {
                var list = request.getPath().endsWith("/pods") ? pods(query) : list("", "");
                var body = list.getBytes(UTF_8);
                answer(connection, "Connection: close\r\nContent-Length: " + body.length, body);
            }
        }
        return null;
    }

    private static void answer(Socket connection, String headers, byte[] body) throws IOException {
        var out = connection.getOutputStream();
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers + "\r\n\r\n").getBytes(US_ASCII));
        out.write(body);
        out.flush();
    }

    private String pods(Map<String, String> query) {
        var first = Integer.parseInt(query.getOrDefault("continue", "0"));
        var end = Math.min(pods, first + Integer.parseInt(query.getOrDefault("limit", Integer.toString(pods))));
        var page = IntStream.range(first, end).mapToObj(LargePod::json).collect(Collectors.joining(","));
        return list(page, end == pods ? "" : Integer.toString(end));
    }

    private static String list(String items, String next) {
        return "{\"metadata\": {\"resourceVersion\": \"8\", \"continue\": \"%s\"}, \"items\": [%s]}"
                .formatted(next, items);
    }

    private static Map<String, String> query(String text) {
        return Arrays.stream(text.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
