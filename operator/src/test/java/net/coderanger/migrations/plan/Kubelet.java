package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import net.coderanger.migrations.plan.SeenPod.GateState;

/** Plays kubelet: starts what may be started, and says how it ended. */
final class Kubelet {

    private final SimulatedCluster cluster;
    private final JobController jobController;

    Kubelet(SimulatedCluster cluster, JobController jobController) {
        this.cluster = cluster;
        this.jobController = jobController;
    }

    /** Starts every migration that can be started. An image whose name says so cannot be pulled. */
    void startMigrations() {
        for (var pod : cluster.pods()) {
            var job = jobController.owner(pod);
            if (job.isEmpty() || !"Pending".equals(pod.getStatus().getPhase())) {
                continue;
            }
            var state = new ContainerStateBuilder();
            if (pod.getSpec().getContainers().getFirst().getImage().contains("broken")) {
                if (pod.getStatus().getContainerStatuses().isEmpty()) {
                    state.withNewWaiting().withReason("ImagePullBackOff").endWaiting();
                    report(pod, "Pending", state);
                }
            } else if (pod.getMetadata().getDeletionTimestamp() == null) {
                cluster.witness.migrationStarts(job.get());
                report(pod, "Running", state.withNewRunning().endRunning());
            }
        }
    }

    /** A pod whose gate is open, or that has none, starts. */
    void startApplications() {
        for (var pod : cluster.pods()) {
            var waits = cluster.seen(pod).gateOf(Migrators.NAME) == GateState.WAITING;
            if (!SeenPod.ofMigrationJob(pod) && "Pending".equals(pod.getStatus().getPhase()) && !waits) {
                cluster.witness.appStarts(pod);
                cluster.put(new PodBuilder(pod)
                        .editStatus()
                        .withPhase("Running")
                        .endStatus()
                        .build());
            }
        }
    }

    /** The running migration, if there is one, ends; a pod that was told to stop ends, too. */
    void end(int exitCode) {
        for (var pod : cluster.pods()) {
            if (!SeenPod.ofMigrationJob(pod) || JobController.ended(pod)) {
                continue;
            }
            var running = "Running".equals(pod.getStatus().getPhase());
            if (running) {
                var job = jobController.owner(pod);
                var ended = report(
                        pod,
                        exitCode == 0 ? "Succeeded" : "Failed",
                        new ContainerStateBuilder()
                                .withNewTerminated()
                                .withExitCode(exitCode)
                                .endTerminated());
                job.filter(its -> exitCode == 0 || asksForALook(its, ended))
                        .ifPresent(its -> cluster.witness.migrationSucceeds(its, exitCode));
            } else if (pod.getMetadata().getDeletionTimestamp() != null) {
                report(pod, "Failed", new ContainerStateBuilder());
            }
        }
    }

    /** Not if it was told to stop: whatever it ends with then, it has not said that it is done. */
    private static boolean asksForALook(Job job, Pod ended) {
        return job.getMetadata().getDeletionTimestamp() == null && JobController.endsTheJob(ended, job);
    }

    boolean running() {
        return cluster.pods().stream()
                .anyMatch(pod -> SeenPod.ofMigrationJob(pod)
                        && "Running".equals(pod.getStatus().getPhase()));
    }

    boolean running(Job job) {
        return jobController.pods(job).stream()
                .anyMatch(pod -> "Running".equals(pod.getStatus().getPhase()));
    }

    boolean terminating() {
        return cluster.pods().stream()
                .anyMatch(pod -> SeenPod.ofMigrationJob(pod)
                        && pod.getMetadata().getDeletionTimestamp() != null
                        && !JobController.ended(pod));
    }

    private Pod report(Pod pod, String phase, ContainerStateBuilder state) {
        var reported = new PodBuilder(pod)
                .editStatus()
                .withPhase(phase)
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName(JobPodTemplate.CONTAINER)
                        .withState(state.build())
                        .build())
                .endStatus()
                .build();
        cluster.put(reported);
        return reported;
    }
}
