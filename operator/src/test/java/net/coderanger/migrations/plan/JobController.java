package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plays the Job controller and the garbage collector. */
final class JobController {

    static final String FOREGROUND = "foregroundDeletion";

    private final SimulatedCluster cluster;
    private final Set<String> counted = new HashSet<>();
    private int serial;

    JobController(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** One step of the controllers for every Job. */
    void sync() {
        cluster.jobs().forEach(this::sync);
        cluster.pods().stream()
                .filter(SeenPod::ofMigrationJob)
                .filter(pod -> owner(pod).isEmpty())
                .forEach(this::collect);
    }

    private void sync(Job job) {
        var name = job.getMetadata().getName();
        var pods = pods(job);
        var deleted = job.getMetadata().getDeletionTimestamp() != null;
        if (deleted && job.getMetadata().getFinalizers().contains(FOREGROUND)) {
            if (pods.isEmpty()) {
                cluster.edit(
                        name,
                        edited -> edited.editMetadata()
                                .removeFromFinalizers(FOREGROUND)
                                .endMetadata());
                return;
            }
            pods.forEach(this::terminate);
        }
        if (!finished(job)) {
            count(job, pods, deleted);
        }
        pods.stream()
                .filter(pod ->
                        finished(job) || counted.contains(pod.getMetadata().getUid()))
                .forEach(this::dropIfTerminating);
    }

    /** First the counter, then the condition: a cache may see the one without the other. */
    private void count(Job job, List<Pod> pods, boolean deleted) {
        var name = job.getMetadata().getName();
        var status = job.getStatus();
        var succeeded = status != null && status.getSucceeded() != null && status.getSucceeded() > 0;
        var failed = status == null || status.getFailed() == null ? 0 : status.getFailed();
        var ended = pods.stream()
                .filter(pod -> ended(pod) && !counted.contains(pod.getMetadata().getUid()))
                .findFirst();
        if (ended.isPresent()) {
            var won = "Succeeded".equals(ended.get().getStatus().getPhase());
            counted.add(ended.get().getMetadata().getUid());
            cluster.edit(
                    name,
                    edited -> won
                            ? edited.editOrNewStatus().withSucceeded(1).endStatus()
                            : edited.editOrNewStatus().withFailed(failed + 1).endStatus());
        } else if (succeeded) {
            finish(name, "Complete", "CompletionsReached");
        } else if (pods.stream().anyMatch(pod -> endsTheJob(pod, job))) {
            finish(name, "Failed", "PodFailurePolicy");
        } else if (failed > job.getSpec().getBackoffLimit()) {
            finish(name, "Failed", "BackoffLimitExceeded");
            cluster.witness.jobFailed(
                    job, cluster.migrator().getSpec().retryOrDefault().limitOrDefault(), cluster.now());
        } else if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
            return;
        } else if (!deleted && pods.stream().allMatch(JobController::ended)) {
            cluster.put(podOf(job));
        }
    }

    /** Whether the Job's podFailurePolicy lets it fail for this pod. */
    static boolean endsTheJob(Pod pod, Job job) {
        return exitCode(pod)
                .filter(code -> job.getSpec().getPodFailurePolicy().getRules().stream()
                        .filter(rule -> "FailJob".equals(rule.getAction()))
                        .anyMatch(rule -> rule.getOnExitCodes().getValues().contains(code)))
                .isPresent();
    }

    private static Optional<Integer> exitCode(Pod pod) {
        return JobState.migrations(pod)
                .map(status -> JobState.state(status).getTerminated())
                .map(terminated -> terminated.getExitCode());
    }

    private void finish(String job, String type, String reason) {
        cluster.edit(
                job,
                edited -> edited.editOrNewStatus()
                        .withCompletionTime(
                                "Complete".equals(type) ? cluster.now().toString() : null)
                        .addNewCondition()
                        .withType(type)
                        .withStatus("True")
                        .withReason(reason)
                        .withLastTransitionTime(cluster.now().toString())
                        .endCondition()
                        .endStatus());
    }

    private Pod podOf(Job job) {
        var name = job.getMetadata().getName() + "-" + ++serial;
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(Migrators.NAMESPACE)
                .withName(name)
                .withUid("uid-of-" + name)
                .withCreationTimestamp(cluster.now().toString())
                .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
                .addNewOwnerReference()
                .withKind("Job")
                .withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(job.getSpec().getTemplate().getSpec())
                .withNewStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
    }

    void delete(String name, boolean foreground) {
        cluster.job(name).filter(job -> !finished(job)).ifPresent(cluster.witness::jobDeleted);
        cluster.edit(name, edited -> {
            var metadata = edited.editMetadata();
            if (metadata.getDeletionTimestamp() == null) {
                metadata.withDeletionTimestamp(cluster.now().toString());
            }
            if (foreground && !metadata.getFinalizers().contains(FOREGROUND)) {
                metadata.addToFinalizers(FOREGROUND);
            }
            return metadata.endMetadata();
        });
    }

    List<Pod> pods(Job job) {
        return cluster.pods().stream()
                .filter(pod -> owned(pod, job.getMetadata().getUid()))
                .toList();
    }

    static boolean owned(Pod pod, String uid) {
        return pod.getMetadata().getOwnerReferences().stream().anyMatch(owner -> uid.equals(owner.getUid()));
    }

    static boolean finished(Job job) {
        return job.getStatus() != null && !job.getStatus().getConditions().isEmpty();
    }

    Optional<Job> owner(Pod pod) {
        return cluster.jobs().stream()
                .filter(job -> owned(pod, job.getMetadata().getUid()))
                .findFirst();
    }

    private void collect(Pod pod) {
        if (ended(pod)) {
            cluster.deletesPod(pod.getMetadata().getName());
        } else {
            terminate(pod);
        }
    }

    private void terminate(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() == null) {
            cluster.put(new PodBuilder(pod)
                    .editMetadata()
                    .withDeletionTimestamp(cluster.now().toString())
                    .endMetadata()
                    .build());
        }
    }

    private void dropIfTerminating(Pod pod) {
        if (pod.getMetadata().getDeletionTimestamp() != null && ended(pod)) {
            cluster.deletesPod(pod.getMetadata().getName());
        }
    }

    static boolean ended(Pod pod) {
        return "Succeeded".equals(pod.getStatus().getPhase())
                || "Failed".equals(pod.getStatus().getPhase());
    }
}
