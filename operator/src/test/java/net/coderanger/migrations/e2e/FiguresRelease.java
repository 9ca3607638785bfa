package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.e2e.FiguresWatch.Moment;
import org.awaitility.Awaitility;

/** Rolls revisions out one after the other, and takes the time of what happens to the pods that wait. */
final class FiguresRelease implements AutoCloseable {

    /** Fifty pods on a busy machine take their time. */
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /** A migration seldom ends while kubelet is still busy with the pods' own start, which is not to be measured here. */
    private static final Duration CALM = Duration.ofSeconds(5);

    private static final int PATCHES_AT_ONCE = 16;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String WAITER = "waiter.args";

    /**
     * What was seen, in milliseconds.
     *
     * @param podToJob from the first pod to the Job; empty without the operator
     * @param released from the Job's completion to each pod's release
     * @param mayEnd from there to each waiter's file; empty without a waiter, or where the node is not this machine
     * @param running from there to the start of each application container
     * @param waiters memory of the waiters while they waited
     */
    record Round(
            FiguresSamples podToJob,
            FiguresSamples released,
            FiguresSamples mayEnd,
            FiguresSamples running,
            List<FiguresNode.Memory> waiters) {

        /** When the last application container may start, as far as that is the gate's. */
        double last() {
            return Math.max(released.max(), mayEnd.isEmpty() ? 0 : mayEnd.max());
        }
    }

    private final TestNamespace namespace;
    private final FiguresGate gate;
    private final FiguresWatch watch;
    private int revisions;

    FiguresRelease(TestNamespace namespace, FiguresGate gate) {
        this.namespace = namespace;
        this.gate = gate;
        this.watch = new FiguresWatch(namespace.client(), namespace.name());
        if (gate.byOperator()) {
            namespace.apply(gate.migratorManifest());
        }
    }

    /** The first release of a test is slower, because this process has not done it before. */
    void warmUp() {
        round(1);
    }

    List<Round> rounds(int rounds, int pods) {
        return Stream.generate(() -> round(pods)).limit(rounds).toList();
    }

    private Round round(int pods) {
        var revision = "r" + ++revisions;
        namespace.apply(gate.deploymentManifest(revision, pods));
        if (!gate.byOperator()) {
            namespace.apply(gate.jobManifest(revision));
        }
        await(() -> watch.seen(Moment.POD_WAITS, revision).size() == pods
                && watch.migration(revision).isPresent()
                && watch.calm().compareTo(CALM) > 0);
        var uids = watch.seen(Moment.POD_CREATED, revision).keySet();
        var waiters = waiters(uids);
        var memory = waiters.values().stream().map(FiguresNode::memory).toList();
        var shown = new ConcurrentHashMap<String, Long>();
        try (var executor = Executors.newSingleThreadScheduledExecutor()) {
            var looking = look(executor, waiters, shown);
            namespace.endMigration(watch.migration(revision).orElseThrow());
            var start = watch.complete(revision).orTimeout(1, TimeUnit.MINUTES).join();
            if (!gate.byOperator()) {
                openByHand(uids);
            }
            await(() -> watch.seen(Moment.POD_RUNS, revision).size() == pods && shown.size() == waiters.size());
            assertThat(looking.isDone())
                    .as("an exception while looking at the waiters")
                    .isFalse();
            var created = watch.earliest(Moment.POD_CREATED, revision).orElseThrow();
            return new Round(
                    since(created, watch.seen(Moment.JOB_CREATED, revision).values()),
                    since(start, watch.seen(Moment.POD_RELEASED, revision).values()),
                    since(start, shown.values()),
                    since(start, watch.seen(Moment.POD_RUNS, revision).values()),
                    memory);
        }
    }

    private Map<String, Path> waiters(Collection<String> uids) {
        var found = new HashMap<String, Path>();
        if (gate.hasWaiter()) {
            uids.forEach(uid -> FiguresNode.process(uid, WAITER).ifPresent(process -> found.put(uid, process)));
        }
        return found;
    }

    /** Looks at what the waiters see; more of them are looked at less often, so that looking does not slow down the rest. */
    private static Future<?> look(
            ScheduledExecutorService executor, Map<String, Path> waiters, Map<String, Long> shown) {
        var file = "root" + Gates.MOUNT_PATH + "/" + Gates.fileName(FiguresGate.MIGRATOR);
        return executor.scheduleWithFixedDelay(
                () -> waiters.forEach((uid, process) -> {
                    if (!shown.containsKey(uid) && mayEnd(process, file, uid)) {
                        shown.put(uid, System.nanoTime());
                    }
                }),
                0,
                waiters.size() > 1 ? 50 : 5,
                TimeUnit.MILLISECONDS);
    }

    /** A waiter that has ended has seen its file before we did. */
    private static boolean mayEnd(Path process, String file, String uid) {
        return FiguresNode.read(process.resolve(file)).contains(uid)
                || !FiguresNode.read(process.resolve("cmdline")).contains(WAITER);
    }

    private void openByHand(Collection<String> uids) {
        try (var executor = Executors.newFixedThreadPool(PATCHES_AT_ONCE)) {
            for (var patch : executor.invokeAll(uids.stream()
                    .map(uid -> (Callable<Pod>) () -> namespace
                            .client()
                            .pods()
                            .inNamespace(namespace.name())
                            .withName(watch.pod(uid).getMetadata().getName())
                            .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), gate.patch()))
                    .toList())) {
                patch.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("a gate could not be opened by hand", e);
        }
    }

    private static FiguresSamples since(long start, Collection<Long> times) {
        return FiguresSamples.of(
                times.stream().map(time -> (time - start) / NANOS_PER_MILLI).toList());
    }

    private static void await(Callable<Boolean> so) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(so);
    }

    @Override
    public void close() {
        watch.close();
    }
}
