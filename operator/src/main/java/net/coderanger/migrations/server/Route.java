package net.coderanger.migrations.server;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is served under a path.
 *
 * @param method the one method that is allowed
 * @param bodyLimit the most bytes of a request's body
 * @param handler from the request's body to the reply; what it throws becomes status 500
 */
public record Route(String method, int bodyLimit, Function<byte[], Reply> handler) {

    /** A page that is asked for without a body. */
    public static Route get(Supplier<Reply> page) {
        return new Route("GET", 0, body -> page.get());
    }

    public static Route post(int bodyLimit, Function<byte[], Reply> handler) {
        return new Route("POST", bodyLimit, handler);
    }
}
