package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.plan.SimulatedOperator.Faults;

/**
 * Users, controllers, faults and the operator, one after the other as chance will have it. What a step does depends on its own
 * number and on what is there, not on the steps before it: so a history stays much the same when some of its steps are left out.
 */
final class RandomHistory {

    private static final List<String> REVISIONS = List.of("shop:v1", "shop:v2", "shop:v3", "api:v1", "shop:broken");
    private static final List<String> WORKLOADS = List.of("web", "worker", "StatefulSet/db", "CronJob/nightly");
    private static final List<String> STEPS = List.of("plan", "migration", "down", "verify", "on-failure");
    /** Longer than any wait before a further attempt, and than a Job stays after its run. */
    private static final Duration LONG = Duration.ofMinutes(6);

    private static final int FEWEST = 15;
    private static final int MOST = 40;

    private final int beginning;
    private final List<Integer> steps;
    private final List<String> told = new ArrayList<>();
    private final Map<String, Integer> exitCodes = new HashMap<>();
    private final List<MigratorSpec> specs;
    private final Story story;
    private SplittableRandom random;
    private int variant;
    private String approved = "";
    private String trigger = "";
    private boolean suspended;
    private int serial;
    private boolean aloud;

    /** A history of its own for each seed. */
    static RandomHistory of(long seed) {
        var random = new SplittableRandom(seed);
        var length = random.nextInt(FEWEST, MOST + 1);
        return new RandomHistory(
                random.nextInt(),
                IntStream.range(0, length).mapToObj(step -> random.nextInt()).toList());
    }

    /**
     * The history with these steps.
     *
     * @param beginning what the Migrator is like
     */
    RandomHistory(int beginning, List<Integer> steps) {
        this.beginning = beginning;
        this.steps = List.copyOf(steps);
        this.random = new SplittableRandom(beginning);
        var fixed = String.join(
                "\n",
                "historyLimit: " + one(1, 2, 10),
                "retention: " + one("Never", "OnFailure", "Always"),
                "onNewRevision: " + one("Queue", "Replace"),
                "onRollback: " + one("Skip", "Skip", "Run", "Down", "Block"),
                "down: {command: [undo]}",
                "gate: " + one("InitContainer", "SchedulingGate"),
                "approval: " + one("Automatic", "Automatic", "Required"),
                "retry: {limit: " + one(0, 0, 1, 2) + ", backoffSeconds: " + one(5, 20, 300) + "}",
                "job: {backoffLimit: " + one(0, 1) + "}");
        var variants = List.of(fixed + randomSteps(), fixed + randomSteps());
        this.specs = variants.stream().map(Migrators::merged).toList();
        this.story = new Story(Migrators.with(specs.getFirst()));
        if (random.nextInt(20) > 0) {
            story.cluster.storesStatusAsItIs();
        }
        told.add(variants.getFirst());
        told.add("or " + variants.getLast());
    }

    private String randomSteps() {
        return (chance(3) ? "\nbefore: [{name: plan, command: [plan], approval: " + approval() + "}]" : "")
                + (chance(3) ? "\nafter: [{name: verify, command: [verify], approval: " + approval() + "}]" : "")
                + (chance(3) ? "\nonFailure: {command: [restore]}" : "");
    }

    private String approval() {
        return one("Never", "Never", "Always", "OnExitCode");
    }

    /** What has happened so far. */
    List<String> told() {
        return told;
    }

    /** From now on it tells what happens. */
    RandomHistory aloud() {
        aloud = true;
        return this;
    }

    private void tell(Supplier<String> what) {
        if (aloud) {
            told.add(what.get());
        }
    }

    /** The same history without what does not matter for its failure. */
    RandomHistory shrunk() {
        var fewer = new ArrayList<>(steps);
        for (var size = fewer.size() / 2; size > 0; size /= 2) {
            for (var from = 0; from + size <= fewer.size(); ) {
                var without = new ArrayList<>(fewer);
                without.subList(from, from + size).clear();
                if (new RandomHistory(beginning, without).fails()) {
                    fewer = without;
                } else {
                    from += size;
                }
            }
        }
        return new RandomHistory(beginning, fewer);
    }

    private boolean fails() {
        try {
            happens();
            return false;
        } catch (AssertionError | RuntimeException e) {
            return true;
        }
    }

    void happens() {
        for (var step : steps) {
            random = new SplittableRandom(step);
            next();
        }
        suspended = false;
        changesSpec();
        comesToRest();
        story.isAtRest();
        if (beginning % 8 == 0) {
            exitCodes.clear();
            heedsAdvice();
        }
    }

    private void comesToRest() {
        tell(() -> "comes to rest");
        for (var round = 0; round < 60; round++) {
            // A story takes no notice of the last seconds of a wait.
            story.cluster.passes(Upkeep.TOMBSTONE);
            story.goesOn(LONG);
            if (!story.kubelet.running()) {
                return;
            }
            ends();
        }
        throw new AssertionError(
                "live: runs follow runs: " + story.cluster.status().history());
    }

    /** Does what the messages say until no pod waits any more. */
    private void heedsAdvice() {
        for (var round = 0; !story.waiting().isEmpty() && round < 30; round++) {
            var message = story.message();
            tell(() -> "heeds: " + message);
            var command = Advice.in(message);
            if (command.isPresent()) {
                story.cluster.annotates(command.get().what(), command.get().value());
                comesToRest();
                assertThat(story.cluster.status().handledRequests())
                        .as("live: what the message says helps: %s", message)
                        .noneMatch(answer ->
                                answer.request().equals(command.get().what().verb())
                                        && answer.value().equals(command.get().value())
                                        && answer.result().startsWith("ignored"));
                assertThat(story.message())
                        .as("live: what the message says helps")
                        .isNotEqualTo(message);
            } else if (message.contains("delete these pods")) {
                story.waiting().forEach(story.cluster::deletesPod);
                comesToRest();
            } else {
                assertThat(message).contains("ImagePullBackOff");
                story.cluster
                        .workloadNames()
                        .forEach(name -> story.cluster.changesTemplate(
                                name, Workloads.template("shop:mended" + ++serial, name)));
                story.waiting().forEach(story.cluster::deletesPod);
                story.cluster.workloadNames().forEach(story.cluster::addsPod);
                comesToRest();
            }
            story.isAtRest();
        }
        assertThat(story.waiting())
                .as("live: all that the messages say was done, and still they wait: %s", story.message())
                .isEmpty();
    }

    private void next() {
        switch (random.nextInt(32)) {
            case 0, 1 -> rollsOut();
            case 2 -> addsOldPod();
            case 3 -> losesPod();
            case 4 -> addsPod();
            case 5 -> changesTrigger();
            case 6 -> deletesJob();
            case 7 -> {
                suspended = chance(3);
                variant = random.nextInt(specs.size());
                approved = one("", "", "shop:v1", "shop:v2");
                changesSpec();
            }
            case 8 -> restarts();
            case 9, 10 -> {
                tell(() -> "time passes");
                story.cluster.passes(Duration.ofSeconds(one(1, 10, 50, 400)));
            }
            case 11, 12, 13, 14 -> ends();
            case 15, 16, 17, 18 -> controllersWork();
            case 19 -> aLeaderStops();
            case 20, 21 -> approves();
            case 22, 23 -> asks();
            default -> reconciles();
        }
    }

    private void reconciles() {
        var faults = new Faults(chance(4) ? random.nextInt(6) : 99, lag(), lag(), lag());
        tell(() -> "reconciles " + faults);
        var before = story.operator.done().size();
        story.operator.reconcile(faults);
        story.operator.done().stream().skip(before).forEach(action -> tell(() -> "    " + name(action)));
    }

    private static String name(Action action) {
        return switch (action) {
            case Action.Release release ->
                "releases " + release.pod().getMetadata().getName();
            case Action.Announce announce -> "says " + announce.message();
            case Action.CreateJob create ->
                "creates " + create.job().getMetadata().getName() + " "
                        + create.job().getMetadata().getLabels().get(Labels.STEP);
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
        tell(() -> workload + " rolls out " + revision + " " + command);
        story.cluster.rollsOut(workload, Workloads.template(revision, command));
        STEPS.forEach(step -> exitCodes.remove(revision + " " + step));
        if (chance(2)) {
            var step = one(STEPS);
            var exitCode = one(1, 1, 2);
            tell(() -> "    of which " + step + " ends with " + exitCode);
            exitCodes.put(revision + " " + step, exitCode);
        }
    }

    private void addsPod() {
        if (!story.cluster.workloadNames().isEmpty()) {
            var workload = one(story.cluster.workloadNames());
            tell(() -> workload + " gets a pod");
            story.cluster.addsPod(workload);
        }
    }

    private void addsOldPod() {
        if (!story.cluster.workloadNames().isEmpty()) {
            var workload = one(story.cluster.workloadNames());
            var revision = one(REVISIONS);
            tell(() -> workload + " gets a pod of " + revision);
            story.cluster.addsPod(
                    workload, Workloads.template(revision, workload), one(Gate.InitContainer, Gate.SchedulingGate));
        }
    }

    private void losesPod() {
        var pods = story.cluster.pods().stream()
                .filter(pod -> !SeenPod.ofMigrationJob(pod))
                .toList();
        if (!pods.isEmpty()) {
            Pod pod = one(pods);
            tell(() -> pod.getMetadata().getName() + " goes");
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
        trigger = "t" + ++serial;
        changesSpec();
    }

    private void changesSpec() {
        tell(() -> "trigger " + trigger + ", suspend " + suspended + ", approved " + approved + ", variant " + variant);
        story.cluster.changesSpec(Migrators.changed(
                specs.get(variant),
                approved.isEmpty() ? null : approved,
                trigger.isEmpty() ? null : trigger,
                suspended));
    }

    private void deletesJob() {
        if (!story.cluster.jobs().isEmpty()) {
            var job = one(story.cluster.jobs()).getMetadata().getName();
            tell(() -> "a user deletes " + job);
            story.jobController.delete(job, random.nextBoolean());
        }
    }

    /** Says yes, or now and then no, to what the status asks. */
    private void approves() {
        var what = chance(5) ? ControlAnnotation.Reject : ControlAnnotation.Approve;
        Optional.ofNullable(story.cluster.status().pendingApproval())
                .map(PendingApproval::value)
                .ifPresent(value -> asks(what, value));
    }

    /** Asks for something, whether it makes sense or not; some of it admission has never seen. */
    private void asks() {
        var what = one(ControlAnnotation.values());
        var value = what.namesRevision() ? one(REVISIONS) : one("once", "again", "r" + ++serial);
        if (chance(5)) {
            tell(() -> "unchecked: " + what + " " + value);
            story.cluster.annotatesUnchecked(what, value);
        } else {
            asks(what, chance(10) ? "\n" : value);
        }
    }

    private void asks(ControlAnnotation what, String value) {
        tell(() -> what + " " + value);
        story.cluster.annotates(what, value);
    }

    /** In the middle of a pass; it goes on when another has led for a while. */
    private void aLeaderStops() {
        var writes = random.nextInt(5);
        tell(() -> "a leader stops after " + writes + " writes");
        story.operator.pausesAfter(writes);
        story.operator.restarts(random.nextInt(6));
        for (var step = 0; step < 6; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    controllersWork();
                    ends();
                }
                case 1 -> asks();
                default -> reconciles();
            }
        }
        tell(() -> "it goes on");
        story.operator.goesOn();
    }

    private void controllersWork() {
        tell(() -> "controllers work");
        story.jobController.sync();
        story.kubelet.startMigrations();
        story.kubelet.startApplications();
    }

    private void restarts() {
        tell(() -> "another leader");
        story.operator.restarts(random.nextInt(6));
    }

    private void ends() {
        var exitCode = story.cluster.jobs().stream()
                .filter(job -> !JobController.finished(job))
                .map(job -> job.getMetadata().getAnnotations().getOrDefault(Annotations.REVISION, "") + " "
                        + job.getMetadata().getLabels().get(Labels.STEP))
                .map(step -> exitCodes.getOrDefault(step, 0))
                .findFirst()
                .orElse(0);
        tell(() -> "a step ends with " + exitCode + ", if one runs");
        story.kubelet.end(exitCode);
    }

    private int lag() {
        return chance(3) ? random.nextInt(6) : 0;
    }

    /** Once in so many times. */
    private boolean chance(int in) {
        return random.nextInt(in) == 0;
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    @SafeVarargs
    private <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
