package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.plan.SimulatedOperator.Faults;

/** Users, controllers, faults and the operator, one after the other as chance will have it. */
final class RandomHistory {

    private static final List<String> REVISIONS = List.of("shop:v1", "shop:v2", "shop:v3", "api:v1", "shop:broken");
    private static final int STEPS = 45;
    private static final List<String> WORKLOADS = List.of("web", "worker", "StatefulSet/db", "CronJob/nightly");

    private final Random random;
    private final List<String> told = new ArrayList<>();
    private final Set<String> failing = new HashSet<>();
    private final Story story;
    private final String fixed;
    private String trigger = "";
    private boolean suspended;

    RandomHistory(long seed) {
        this.random = new Random(seed);
        this.fixed = String.join(
                "\n",
                "historyLimit: " + one(List.of(1, 2, 10)),
                "retention: " + one(List.of("Never", "OnFailure", "Always")),
                "onNewRevision: " + one(List.of("Queue", "Replace")),
                "onRollback: " + one(List.of("Skip", "Skip", "Run")),
                "gate: " + one(List.of("InitContainer", "SchedulingGate")),
                "job: {backoffLimit: " + random.nextInt(2) + "}");
        this.story = Story.of(fixed);
        told.add(fixed);
    }

    /** What has happened so far. */
    List<String> told() {
        return told;
    }

    void happens() {
        for (var step = 0; step < STEPS; step++) {
            next();
        }
        suspended = false;
        changesSpec();
        comesToRest();
        story.isAtRest();
    }

    private void comesToRest() {
        told.add("comes to rest");
        for (var round = 0; round < 40; round++) {
            story.goesOn();
            if (!story.kubelet.running()) {
                return;
            }
            ends();
        }
        throw new AssertionError(
                "live: runs follow runs: " + story.cluster.status().history());
    }

    private void next() {
        switch (random.nextInt(25)) {
            case 24 -> aLeaderStops();
            case 0, 1 -> rollsOut();
            case 2 -> addsOldPod();
            case 3 -> losesPod();
            case 4 -> addsPod();
            case 5 -> changesTrigger();
            case 6 -> deletesJob();
            case 7 -> {
                suspended = random.nextInt(3) == 0;
                changesSpec();
            }
            case 8 -> restarts();
            case 9 -> {
                told.add("time passes");
                story.cluster.passes(Duration.ofSeconds(random.nextInt(50)));
            }
            case 10, 11, 12 -> ends();
            case 13, 14, 15 -> controllersWork();
            default -> reconciles();
        }
    }

    private void reconciles() {
        var faults = new Faults(random.nextInt(4) == 0 ? random.nextInt(5) : 99, lag(), lag(), lag());
        told.add("reconciles " + faults);
        var before = story.operator.done().size();
        story.operator.reconcile(faults);
        story.operator.done().stream().skip(before).forEach(action -> told.add("    " + name(action)));
    }

    private static String name(Action action) {
        return switch (action) {
            case Action.Release release ->
                "releases " + release.pod().getMetadata().getName();
            case Action.Announce announce -> "says " + announce.message();
            case Action.CreateJob create ->
                "creates " + create.job().getMetadata().getName();
            case Action.DeleteJob delete ->
                "deletes " + delete.job().getMetadata().getName();
            case Action.StopJob stop -> "stops " + stop.job().getMetadata().getName();
            case Action.LetGoOfJob let ->
                "lets go of " + let.job().getMetadata().getName();
            case Action.StampProgress stamp -> "stamps " + stamp.progress();
        };
    }

    private void rollsOut() {
        var workload = one(WORKLOADS);
        var revision = one(REVISIONS);
        var command = workload + random.nextInt(2);
        told.add(workload + " rolls out " + revision + " " + command);
        story.cluster.rollsOut(workload, Workloads.template(revision, command));
        if (random.nextInt(4) == 0) {
            failing.add(revision);
        } else {
            failing.remove(revision);
        }
    }

    private void addsPod() {
        if (!story.cluster.workloadNames().isEmpty()) {
            var workload = one(story.cluster.workloadNames());
            told.add(workload + " gets a pod");
            story.cluster.addsPod(workload);
        }
    }

    private void addsOldPod() {
        if (!story.cluster.workloadNames().isEmpty()) {
            var workload = one(story.cluster.workloadNames());
            var revision = one(REVISIONS);
            told.add(workload + " gets a pod of " + revision);
            story.cluster.addsPod(
                    workload,
                    Workloads.template(revision, workload),
                    random.nextBoolean() ? Gate.InitContainer : Gate.SchedulingGate);
        }
    }

    private void losesPod() {
        var pods = story.cluster.pods().stream()
                .filter(pod -> !SeenPod.ofMigrationJob(pod))
                .toList();
        if (!pods.isEmpty()) {
            Pod pod = one(pods);
            told.add(pod.getMetadata().getName() + " goes");
            if (random.nextBoolean()) {
                story.cluster.deletesPod(pod.getMetadata().getName());
            } else {
                story.cluster.put(new PodBuilder(pod)
                        .editStatus()
                        .withPhase("Failed")
                        .withReason("Evicted")
                        .endStatus()
                        .build());
            }
        }
    }

    private void changesTrigger() {
        trigger = "t" + random.nextInt(1000);
        changesSpec();
    }

    private void changesSpec() {
        told.add("trigger " + trigger + ", suspend " + suspended);
        story.cluster.changesSpec(fixed, "suspend: " + suspended, trigger.isEmpty() ? "" : "trigger: " + trigger);
    }

    private void deletesJob() {
        if (!story.cluster.jobs().isEmpty()) {
            var job = one(story.cluster.jobs()).getMetadata().getName();
            told.add("a user deletes " + job);
            story.jobController.delete(job, random.nextBoolean());
        }
    }

    /** Right before it creates a Job; it goes on when another has led for a while. */
    private void aLeaderStops() {
        told.add("a leader stops");
        story.operator.pausesBeforeCreating();
        story.operator.restarts(random.nextInt(6));
        for (var step = 0; step < 6; step++) {
            if (random.nextBoolean()) {
                reconciles();
            } else {
                controllersWork();
                ends();
            }
        }
        told.add("it goes on");
        story.operator.goesOn();
    }

    private void controllersWork() {
        told.add("controllers work");
        story.jobController.sync();
        story.kubelet.startMigrations();
        story.kubelet.startApplications();
    }

    private void restarts() {
        told.add("another leader");
        story.operator.restarts(random.nextInt(6));
    }

    private void ends() {
        var running = story.cluster.jobs().stream()
                .filter(job -> !JobController.finished(job))
                .map(job -> job.getMetadata().getAnnotations().getOrDefault(Annotations.REVISION, ""))
                .findFirst();
        var exitCode = running.filter(failing::contains).isPresent() ? 1 : 0;
        told.add("a migration ends with " + exitCode + ", if one runs");
        story.kubelet.end(exitCode);
    }

    private int lag() {
        return random.nextInt(3) == 0 ? random.nextInt(6) : 0;
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
