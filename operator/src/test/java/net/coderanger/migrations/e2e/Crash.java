package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Cuts a client off at its n-th write, for good, as the end of its process would: before the write is sent, or after the API
 * server has done it and before the client knows.
 */
final class Crash implements Interceptor {

    private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

    private final int write;
    private final boolean done;
    private final AtomicInteger writes = new AtomicInteger();
    private final CountDownLatch dead = new CountDownLatch(1);

    /**
     * @param write the first is 1; 0 never crashes
     * @param done whether the API server does that write
     */
    Crash(int write, boolean done) {
        this.write = write;
        this.done = done;
    }

    static Crash never() {
        return new Crash(0, false);
    }

    /** Whether it has happened, within the time given. */
    boolean happens(long seconds) throws InterruptedException {
        return dead.await(seconds, TimeUnit.SECONDS);
    }

    /** How many there were so far. */
    int writes() {
        return writes.get();
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (dead.getCount() == 0) {
            throw new KubernetesClientException("the process has ended");
        }
        if (counts(request) && writes.incrementAndGet() == write && !done) {
            die();
        }
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (done && counts(request) && writes.get() >= write && write > 0) {
            die();
        }
    }

    private void die() {
        dead.countDown();
        throw new KubernetesClientException("the process ends here");
    }

    private static boolean counts(HttpRequest request) {
        return WRITES.contains(request.method()) && !request.uri().getPath().contains("/leases");
    }
}
