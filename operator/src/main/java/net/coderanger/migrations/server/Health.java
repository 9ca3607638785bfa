package net.coderanger.migrations.server;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The probes: {@code /healthz} and {@code /readyz}. */
public final class Health {

    private Health() {}

    /**
     * The two pages: 200, or 503 with what is wrong, one per line.
     *
     * @param ailing why the process should be restarted; empty if it should not
     * @param notReady what is not ready yet, or no more; empty if requests are welcome
     */
    public static Map<String, Route> routes(Supplier<List<String>> ailing, Supplier<List<String>> notReady) {
        return Map.of(
                "/healthz", Route.get(() -> page(ailing.get())), "/readyz", Route.get(() -> page(notReady.get())));
    }

    private static Reply page(List<String> trouble) {
        return trouble.isEmpty()
                ? Reply.text(Reply.OK, "ok")
                : Reply.text(Reply.UNAVAILABLE, String.join("\n", trouble));
    }
}
