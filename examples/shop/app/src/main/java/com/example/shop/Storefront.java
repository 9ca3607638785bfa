package com.example.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.Executors;

/** Serves the shop over HTTP: {@code /} is its page, {@code /healthz} says whether it can serve. */
final class Storefront implements AutoCloseable {

    /** The schema that brought the names under which products are linked. */
    private static final int SLUGS = 2;

    private static final int SECONDS_TO_FINISH = 2;

    private final Settings settings;
    private final int schema;
    private final HttpServer server;

    private Storefront(Settings settings, int schema, HttpServer server) {
        this.settings = settings;
        this.schema = schema;
        this.server = server;
    }

    /**
     * Opens the shop.
     *
     * @throws ShopException if the database has an older schema than this version needs, or cannot be reached
     */
    static Storefront open(Settings settings) {
        var needed = SchemaVersion.neededBy(settings.migrations());
        try {
            checkSchema(settings, needed);
            var shop = new Storefront(settings, needed, HttpServer.create(new InetSocketAddress(settings.port()), 0));
            shop.serve();
            return shop;
        } catch (SQLException | IOException e) {
            throw new ShopException("shop " + settings.version() + " cannot open: " + e.getMessage(), e);
        }
    }

    private static void checkSchema(Settings settings, int needed) throws SQLException {
        int seen;
        try (var connection = settings.connect()) {
            seen = SchemaVersion.of(connection);
        }
        Ledger.open(settings).serveStarts(seen, needed);
        if (seen < needed) {
            throw new ShopException("shop " + settings.version() + " needs schema " + needed
                    + ", but the database has schema " + seen + ": run \"shop migrate\" first");
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    void closeOnExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    @Override
    public void close() {
        server.stop(SECONDS_TO_FINISH);
    }

    private void serve() {
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, this::page));
        server.createContext("/healthz", exchange -> answer(exchange, this::health));
        server.start();
        System.out.println("shop " + settings.version() + " is open on port " + port());
    }

    private String page() throws SQLException {
        var link = schema >= SLUGS ? "slug" : "id";
        var sql = "select count(*) over (), name, price_cents, " + link + " from products order by id desc limit 1";
        try (var connection = settings.connect();
                var statement = connection.createStatement();
                var product = statement.executeQuery(sql)) {
            product.next();
            return "shop %s, pod %s%n%d products; the newest: %s for %d cents at /products/%s%n"
                    .formatted(
                            settings.version(),
                            settings.pod(),
                            product.getInt(1),
                            product.getString(2),
                            product.getInt(3),
                            product.getString(4));
        }
    }

    private String health() throws SQLException {
        try (var connection = settings.connect()) {
            return "schema " + SchemaVersion.of(connection) + "\n";
        }
    }

    private interface Page {
        String text() throws SQLException;
    }

    private void answer(HttpExchange exchange, Page page) throws IOException {
        try (exchange) {
            int status = 200;
            String text;
            try {
                text = page.text();
            } catch (SQLException e) {
                status = 500;
                text = "shop " + settings.version() + ": " + e.getMessage() + "\n";
                System.err.print(text);
            }
            var body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Shop-Version", settings.version());
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
