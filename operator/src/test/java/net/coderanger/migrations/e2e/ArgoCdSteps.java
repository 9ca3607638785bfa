package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;

/** When a Migrator's status first named each step of its run, by a watch of its own. Times are {@link System#nanoTime}. */
final class ArgoCdSteps implements Watcher<Migrator>, AutoCloseable {

    private final Map<String, Long> begun = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Watch watch;
    private volatile long stalled;

    ArgoCdSteps(TestNamespace namespace, String migrator) {
        watch = namespace
                .client()
                .resources(Migrator.class)
                .inNamespace(namespace.name())
                .withName(migrator)
                .watch(this);
    }

    /** The names of the steps in their order. */
    Map<String, Long> begun() {
        return begun;
    }

    /** When it was given up. */
    long stalled() {
        return stalled;
    }

    @Override
    public void eventReceived(Action action, Migrator migrator) {
        var now = System.nanoTime();
        var status = migrator.getStatus();
        if (status == null) {
            return;
        }
        var run = status.run();
        if (run != null && run.step() != null) {
            begun.putIfAbsent(run.step().replaceFirst(".* ", ""), now);
        }
        if (stalled == 0 && isStalled(status)) {
            stalled = now;
        }
    }

    private static boolean isStalled(MigratorStatus status) {
        return status.conditions().stream()
                .anyMatch(condition ->
                        condition.type().equals("Stalled") && condition.status().equals("True"));
    }

    @Override
    public void onClose(WatcherException cause) {
        throw new IllegalStateException("the watch ended", cause);
    }

    @Override
    public void close() {
        watch.close();
    }
}
