package net.coderanger.migrations.log;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an exception tells. */
final class Trouble {

    /** Longest chain of causes that is followed; one could bite its own tail. */
    private static final int DEPTH = 10;

    private Trouble() {}

    /** The exception and its causes, on one line. */
    static String words(Throwable thrown) {
        return chain(thrown).map(Trouble::word).distinct().collect(Collectors.joining(": "));
    }

    /**
     * Whether something outside of this program is the root cause: the network, the API server, the clock. Where in the program that was
     * noticed helps nobody.
     */
    static boolean comesFromOutside(Throwable thrown) {
        var root = chain(thrown).reduce((outer, inner) -> inner).orElseThrow();
        return root instanceof IOException
                || root instanceof UnresolvedAddressException
                || root instanceof KubernetesClientException
                || root instanceof TimeoutException
                || root instanceof InterruptedException;
    }

    static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** The API server's own words, where there are some: the client's message repeats them among much else. */
    private static String word(Throwable thrown) {
        if (thrown instanceof KubernetesClientException e
                && e.getStatus() != null
                && e.getStatus().getMessage() != null) {
            return e.getCode() + " " + e.getStatus().getMessage();
        }
        var name = thrown.getClass().getSimpleName();
        var message = thrown.getMessage();
        var onlyWraps =
                thrown.getCause() != null && thrown.getCause().toString().equals(message);
        return message == null || onlyWraps ? name : name + " " + message;
    }

    private static Stream<Throwable> chain(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .limit(DEPTH);
    }
}
