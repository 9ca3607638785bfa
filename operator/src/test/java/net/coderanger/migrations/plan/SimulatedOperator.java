package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;

/** Observes, plans, and carries the plan out in the order of the controller; may see what is past, and may die at any point. */
final class SimulatedOperator {

    /**
     * What goes wrong in one pass.
     *
     * @param writes how many writes to the API server go through before the operator dies
     * @param podLag by how many changes the cache of pods is behind
     * @param jobLag by how many changes the cache of Jobs is behind
     * @param migratorLag by how many changes the cache of Migrators is behind
     */
    record Faults(int writes, int podLag, int jobLag, int migratorLag) {
        static final Faults NONE = new Faults(Integer.MAX_VALUE, 0, 0, 0);

        static Faults diesAfter(int writes) {
            return new Faults(writes, 0, 0, 0);
        }
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final SimulatedCluster cluster;
    private final JobController jobController;
    private final Kubelet kubelet;
    private final List<Action> done = new ArrayList<>();
    private int podVersion;
    private int jobVersion;
    private int migratorVersion;
    private int writesLeft;
    private final Deque<Runnable> heldBack = new ArrayDeque<>();
    private boolean late;
    private List<String> warnings = List.of();
    private Optional<String> output = Optional.empty();

    SimulatedOperator(SimulatedCluster cluster, JobController jobController, Kubelet kubelet) {
        this.cluster = cluster;
        this.jobController = jobController;
        this.kubelet = kubelet;
    }

    /** One pass with fresh caches. */
    Optional<Duration> reconcile() {
        return reconcile(Faults.NONE);
    }

    /** One pass. A cache never goes back, except in {@link #restarts}. */
    Optional<Duration> reconcile(Faults faults) {
        podVersion = Math.max(podVersion, cluster.podVersions.last() - faults.podLag());
        jobVersion = Math.max(jobVersion, cluster.jobVersions.last() - faults.jobLag());
        migratorVersion = Math.max(migratorVersion, cluster.migratorVersions.last() - faults.migratorLag());
        writesLeft = faults.writes();
        var seen = observe();
        try {
            return apply(seen, Planner.plan(seen));
        } catch (Died death) {
            restarts(0);
            return Optional.empty();
        }
    }

    /** A leader is stopped right before it creates a Job: all its checks are made. */
    void pausesBeforeCreating() {
        podVersion = cluster.podVersions.last();
        jobVersion = cluster.jobVersions.last();
        pausesAfter(0);
    }

    /** A leader is stopped after some of the writes of a pass: before the first, all its checks are made. */
    void pausesAfter(int writes) {
        migratorVersion = cluster.migratorVersions.last();
        writesLeft = Integer.MAX_VALUE;
        var by = cluster.migrator();
        var plan = Planner.plan(observe());
        heldBack.clear();
        plan.start().ifPresent(create -> heldBack.add(() -> cluster.create(create.job(), by, late)));
        heldBack.add(() -> putStatus(by, plan.status()));
        plan.then().forEach(action -> heldBack.add(() -> carryOut(action)));
        for (var write = 0; write < writes && !heldBack.isEmpty(); write++) {
            heldBack.removeFirst().run();
        }
    }

    private void putStatus(Migrator by, MigratorStatus status) {
        if (!cluster.putStatus(by.getMetadata().getResourceVersion(), status)) {
            heldBack.clear();
        }
    }

    /** The leader that was stopped goes on, not knowing that it is none any more. */
    void goesOn() {
        late = true;
        writesLeft = Integer.MAX_VALUE;
        while (!heldBack.isEmpty()) {
            heldBack.removeFirst().run();
        }
        late = false;
    }

    /** Another process, whose first list may be older than what the last one has seen. */
    void restarts(int lag) {
        podVersion = Math.max(0, cluster.podVersions.last() - lag);
        jobVersion = Math.max(0, cluster.jobVersions.last() - lag);
        migratorVersion = Math.max(0, cluster.migratorVersions.last() - lag);
    }

    /** All that was carried out so far. */
    List<Action> done() {
        return done;
    }

    Observation observe() {
        var migrator = cluster.migratorVersions.at(migratorVersion);
        var pods = cluster.podVersions.at(podVersion);
        var jobs = jobs(migrator);
        return new Observation(
                migrator,
                pods.stream()
                        .filter(Involvement.holdsOrSelects(migrator))
                        .map(cluster::seen)
                        .toList(),
                jobs.stream().flatMap(job -> seen(job, pods).stream()).toList(),
                pods.stream()
                        .filter(pod -> Involvement.ownJob(migrator, pod))
                        .filter(pod -> jobs.stream()
                                .noneMatch(job -> JobController.owned(
                                        pod, job.getMetadata().getUid())))
                        .toList(),
                cluster.now());
    }

    private List<Job> jobs(Migrator migrator) {
        var jobs = new ArrayList<>(cluster.jobVersions.at(jobVersion));
        var run = migrator.getStatus() == null ? null : migrator.getStatus().run();
        if (run != null
                && jobs.stream()
                        .noneMatch(job -> run.job().equals(job.getMetadata().getName()))) {
            cluster.job(run.job()).ifPresent(jobs::add);
        }
        return jobs;
    }

    /** A Job in deletion is read live, after its pods: a pod goes only after it was counted. */
    private Optional<SeenJob> seen(Job job, List<Pod> pods) {
        return job.getMetadata().getDeletionTimestamp() == null
                ? Optional.of(heard(new SeenJob(job, podsOf(job, pods), warnings)))
                : cluster.job(job.getMetadata().getName())
                        .map(live -> new SeenJob(live, podsOf(live, cluster.pods()), List.of()));
    }

    /** Warning events of a Job without a pod. */
    void sees(String warning) {
        warnings = List.of(warning);
    }

    /** What every migration that ends from now on has printed. */
    void hears(String printed) {
        output = Optional.of(printed);
    }

    private SeenJob heard(SeenJob job) {
        return job.ended().isPresent() ? new SeenJob(job.job(), job.pods(), job.warnings(), output) : job;
    }

    private static List<Pod> podsOf(Job job, List<Pod> pods) {
        return pods.stream()
                .filter(pod -> JobController.owned(pod, job.getMetadata().getUid()))
                .toList();
    }

    private Optional<Duration> apply(Observation seen, Plan plan) {
        var version = seen.migrator().getMetadata().getResourceVersion();
        if (plan.start().isPresent()) {
            if (!version.equals(cluster.migrator().getMetadata().getResourceVersion())) {
                return Optional.of(Duration.ofMillis(100));
            }
            write();
            var refusal = cluster.create(plan.start().get().job(), seen.migrator(), false);
            if (refusal.isPresent()) {
                return apply(seen, Planner.refused(seen, refusal.get()));
            }
            done.add(plan.start().get());
        }
        if (!putStatus(seen, plan.status())) {
            return Optional.of(Duration.ofMillis(100));
        }
        plan.releases().forEach(this::carryOut);
        plan.then().forEach(this::carryOut);
        return plan.lookAgainIn();
    }

    private boolean putStatus(Observation seen, MigratorStatus status) {
        if (status.equals(seen.migrator().getStatus())) {
            return true;
        }
        write();
        var written = cluster.putStatus(seen.migrator().getMetadata().getResourceVersion(), status);
        if (written) {
            migratorVersion = cluster.migratorVersions.last();
            assertThat(cluster.status())
                    .as("a status comes back from the API server as it was written")
                    .isEqualTo(status);
        }
        return written;
    }

    private void carryOut(Action action) {
        write();
        done.add(action);
        switch (action) {
            case Action.Release release -> cluster.release(release.pod(), late);
            case Action.CreateJob create -> throw new IllegalStateException("a Job is created first");
            case Action.DeleteJob delete -> {
                leave(delete.job());
                jobController.delete(name(delete.job()), false);
            }
            case Action.StopJob stop -> {
                leave(stop.job());
                jobController.delete(name(stop.job()), true);
            }
            case Action.LetGoOfJob let -> {
                cluster.witness.jobIsLetGo(let.job(), kubelet.running(let.job()));
                cluster.edit(
                        name(let.job()),
                        job -> job.editMetadata()
                                .removeFromFinalizers(Gates.OUTCOME_FINALIZER)
                                .endMetadata());
            }
            case Action.StampProgress stamp ->
                cluster.edit(
                        name(stamp.job()),
                        job -> job.editMetadata()
                                .addToAnnotations(Annotations.PROGRESS, stamp.progress())
                                .endMetadata());
            case Action.Announce announce -> {}
        }
    }

    private void leave(Job seen) {
        cluster.job(name(seen))
                .ifPresent(job -> cluster.witness.jobIsLeft(job, kubelet.running(job), cluster.migrator()));
    }

    private void write() {
        if (writesLeft-- <= 0) {
            throw new Died();
        }
    }

    private static String name(Job job) {
        return Objects.requireNonNull(job.getMetadata().getName());
    }
}
