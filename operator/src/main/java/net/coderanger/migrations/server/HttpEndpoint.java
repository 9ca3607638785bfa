package net.coderanger.migrations.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/** Serves routes over plain HTTP, on all addresses. */
public final class HttpEndpoint implements AutoCloseable {

    private final Endpoint endpoint;

    /**
     * Takes the port; requests are answered after {@link #start}.
     *
     * @param port 0 for any
     * @throws IOException if the port is taken
     */
    public HttpEndpoint(int port, Map<String, Route> routes) throws IOException {
        Endpoint.limitTimes();
        this.endpoint = new Endpoint(HttpServer.create(new InetSocketAddress(port), 0), routes);
    }

    public void start() {
        endpoint.start();
    }

    public int port() {
        return endpoint.port();
    }

    @Override
    public void close() {
        endpoint.stop();
    }
}
