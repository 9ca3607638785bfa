package net.coderanger.migrations.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP to routes: paths, methods, sizes, and errors as status codes with a line of text. */
final class Router implements HttpHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final Map<String, Route> routes;

    private final InFlight inFlight;

    Router(Map<String, Route> routes, InFlight inFlight) {
        this.routes = Map.copyOf(routes);
        this.inFlight = inFlight;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        inFlight.enter();
        try (exchange) {
            var route = routes.get(exchange.getRequestURI().getPath());
            if (route == null) {
                send(exchange, Reply.text(Reply.NOT_FOUND, "there is nothing here"));
            } else if (!route.method().equals(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", route.method());
                send(exchange, Reply.text(Reply.METHOD_NOT_ALLOWED, "only " + route.method() + " is allowed here"));
            } else {
                send(exchange, answer(route, exchange));
            }
        } finally {
            inFlight.leave();
        }
    }

    private static Reply answer(Route route, HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(route.bodyLimit() + 1);
        if (body.length > route.bodyLimit()) {
            exchange.getResponseHeaders().set("Connection", "close");
            return Reply.text(Reply.TOO_LARGE, "the body is larger than " + route.bodyLimit() + " bytes");
        }
        try {
            return route.handler().apply(body);
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("path", exchange.getRequestURI().getPath())
                    .log("Cannot answer a request");
            return Reply.text(Reply.INTERNAL_ERROR, "internal error; the operator's log says more");
        }
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
        exchange.getResponseBody().write(reply.body());
    }
}
