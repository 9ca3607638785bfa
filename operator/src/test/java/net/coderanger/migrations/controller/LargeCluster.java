package net.coderanger.migrations.controller;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The API of a cluster of many pods, as far as watching it needs: lists, in pages if asked for, and watches that see no change. */
final class LargeCluster implements AutoCloseable {

    private final int pods;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    private LargeCluster(int pods) throws IOException {
        this.pods = pods;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
    }

    static LargeCluster of(int pods) throws IOException {
        var cluster = new LargeCluster(pods);
        cluster.server.start();
        return cluster;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var query =
                    query(Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if ("true".equals(query.get("watch"))) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                closed.await();
            } else {
                var list = exchange.getRequestURI().getPath().endsWith("/pods") ? pods(query) : list("", "");
                var body = list.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
    }
}
