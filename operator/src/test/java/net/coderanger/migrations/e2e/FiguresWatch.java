package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Labels;

/** When something was first seen of the pods and Jobs of a namespace, by watches of its own. Times are {@link System#nanoTime}. */
final class FiguresWatch implements AutoCloseable {

    /** What may be seen of a pod that waits, or of a Job. */
    enum Moment {
        POD_CREATED,
        /** Its init container runs, or it has a scheduling gate. */
        POD_WAITS,
        /** It has a release annotation, or no scheduling gate any more. */
        POD_RELEASED,
        POD_RUNS,
        JOB_CREATED
    }

    private record Key(Moment moment, String revision, String uid) {}

    private final Map<Key, Long> first = new ConcurrentHashMap<>();
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final Map<String, String> jobs = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Long>> complete = new ConcurrentHashMap<>();
    private final List<Watch> watches;
    private volatile long lastChange = System.nanoTime();

    FiguresWatch(KubernetesClient client, String namespace) {
        watches = List.of(
                client.pods().inNamespace(namespace).watch(new Seeing<>(this::pod)),
                client.batch().v1().jobs().inNamespace(namespace).watch(new Seeing<>(this::job)));
    }

    /** When this was seen, by the UID of what it was seen of. */
    Map<String, Long> seen(Moment moment, String revision) {
        var found = new ConcurrentHashMap<String, Long>();
        first.forEach((key, time) -> {
            if (key.moment() == moment && key.revision().equals(revision)) {
                found.put(key.uid(), time);
            }
        });
        return found;
    }

    Optional<Long> earliest(Moment moment, String revision) {
        return seen(moment, revision).values().stream().min(Long::compare);
    }

    /** When the revision's Job was complete. */
    CompletableFuture<Long> complete(String revision) {
        return complete.computeIfAbsent(revision, key -> new CompletableFuture<>());
    }

    Pod pod(String uid) {
        return Objects.requireNonNull(pods.get(uid));
    }

    /** For how long no pod has changed. */
    Duration calm() {
        return Duration.ofNanos(System.nanoTime() - lastChange);
    }

    /** The migration's pod, once its container runs. */
    Optional<Pod> migration(String revision) {
        return pods.values().stream()
                .filter(pod -> Objects.equals(jobs.get(revision), label(pod, "batch.kubernetes.io/job-name")))
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .findFirst();
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }

    private void pod(Pod pod, Long now) {
        lastChange = now;
        var uid = pod.getMetadata().getUid();
        pods.put(uid, pod);
        var revision = annotation(pod, Annotations.REVISION);
        if (revision.isEmpty() || !label(pod, Labels.MIGRATOR).isEmpty()) {
            return;
        }
        var gated = !pod.getSpec().getSchedulingGates().isEmpty();
        see(true, Moment.POD_CREATED, revision, uid, now);
        see(
                gated
                        || pod.getStatus().getInitContainerStatuses().stream()
                                .anyMatch(init -> init.getState().getRunning() != null),
                Moment.POD_WAITS,
                revision,
                uid,
                now);
        see(
                !gated && first.containsKey(new Key(Moment.POD_WAITS, revision, uid)) && opened(pod),
                Moment.POD_RELEASED,
                revision,
                uid,
                now);
        see(
                pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(main -> main.getState().getRunning() != null),
                Moment.POD_RUNS,
                revision,
                uid,
                now);
    }

    /** A pod that has no init container waited by its scheduling gate alone. */
    private static boolean opened(Pod pod) {
        return pod.getSpec().getInitContainers().isEmpty()
                || pod.getMetadata().getAnnotations().keySet().stream().anyMatch(key -> key.startsWith("released."));
    }

    private void job(Job job, Long now) {
        var revision = annotation(job, Annotations.REVISION);
        jobs.put(revision, job.getMetadata().getName());
        see(true, Moment.JOB_CREATED, revision, job.getMetadata().getUid(), now);
        if (job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Complete".equals(condition.getType()) && "True".equals(condition.getStatus()))) {
            complete(revision).complete(now);
        }
    }

    private void see(boolean so, Moment moment, String revision, String uid, Long now) {
        if (so) {
            first.putIfAbsent(new Key(moment, revision, uid), now);
        }
    }

    private static String annotation(HasMetadata object, String name) {
        return object.getMetadata().getAnnotations() == null
                ? ""
                : object.getMetadata().getAnnotations().getOrDefault(name, "");
    }

    private static String label(HasMetadata object, String name) {
        return object.getMetadata().getLabels() == null
                ? ""
                : object.getMetadata().getLabels().getOrDefault(name, "");
    }

    /** Takes the time before anything else. A watch that ends shows as something that is never seen. */
    private record Seeing<T extends HasMetadata>(BiConsumer<T, Long> to) implements Watcher<T> {

        @Override
        public void eventReceived(Action action, T object) {
            to.accept(object, System.nanoTime());
        }

        @Override
        public void onClose(WatcherException cause) {
            System.err.println("a watch has ended: " + cause.getMessage());
        }
    }
}
