package net.coderanger.migrations.server;

import com.sun.net.httpserver.HttpServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server with a thread per request; virtual threads, so that a slow client costs next to nothing. */
final class Endpoint {

    static final int REQUEST_SECONDS = 5;
    private static final int RESPONSE_SECONDS = 40;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final HttpServer server;
    private final InFlight inFlight = new InFlight();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    Endpoint(HttpServer server, Map<String, Route> routes) {
        this.server = server;
        server.setExecutor(executor);
        server.createContext("/", new Router(routes, inFlight));
    }

    /**
     * Limits how long clients may take. The JDK's server reads them from system properties, once, before the first server is
     * made; values given on the command line stay.
     */
    static void limitTimes() {
        limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /**
     * Lets requests that are being answered finish, within a few seconds. The server's own way to do so waits for the whole time
     * when a client has just closed its connection.
     */
    void stop() {
        inFlight.awaitNone(STOP_PATIENCE);
        server.stop(0);
        executor.shutdownNow();
    }

    private static void limit(String property, int seconds) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(seconds));
        }
    }
}
