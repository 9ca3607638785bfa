package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.plan.SeenPod.GateState;
import net.coderanger.migrations.plan.SimulatedOperator.Faults;

/** A cluster with everybody in it: users, the operator, and the controllers of Kubernetes. */
final class Story {

    final SimulatedCluster cluster;
    final JobController jobController;
    final Kubelet kubelet;
    final SimulatedOperator operator;

    Story(Migrator migrator) {
        this.cluster = new SimulatedCluster(migrator);
        this.jobController = new JobController(cluster);
        this.kubelet = new Kubelet(cluster, jobController);
        this.operator = new SimulatedOperator(cluster, jobController, kubelet);
    }

    static Story of(String... specLines) {
        return new Story(Migrators.shop(specLines));
    }

    /** Everybody does what can be done, and time passes while there is something to wait for; a step that runs is left running. */
    Story goesOn() {
        return goesOn(Duration.ZERO);
    }

    /** The same, but so much time passes at least when any does. */
    Story goesOn(Duration atLeast) {
        for (var round = 0; round < 100; round++) {
            var lookAgain = untilQuiet();
            if (lookAgain.isEmpty() || lookAgain.get().compareTo(Duration.ofSeconds(5)) < 0) {
                return this;
            }
            cluster.passes(lookAgain.get().compareTo(atLeast) < 0 ? atLeast : lookAgain.get());
        }
        throw new AssertionError("live: it never comes to rest: " + cluster.status());
    }

    /** The same, but no time passes. */
    Story goesOnAtOnce() {
        untilQuiet();
        return this;
    }

    private Optional<Duration> untilQuiet() {
        for (var round = 0; round < 100; round++) {
            var before = fingerprint();
            var lookAgain = operator.reconcile();
            jobController.sync();
            kubelet.startMigrations();
            kubelet.startApplications();
            if (kubelet.terminating()) {
                kubelet.end(143);
            }
            if (before.equals(fingerprint())) {
                return lookAgain;
            }
        }
        throw new AssertionError("live: it never becomes quiet: " + cluster.status());
    }

    Story migrationSucceeds() {
        goesOn();
        assertThat(kubelet.running()).as("a migration runs").isTrue();
        kubelet.end(0);
        return goesOn();
    }

    /** This attempt fails, and all that follow. */
    Story migrationFails() {
        var run = goesOn().run();
        while (kubelet.running() && run.equals(run())) {
            kubelet.end(1);
            goesOn();
        }
        return this;
    }

    /** The step whose container runs; empty if none does. */
    String step() {
        return cluster.pods().stream()
                .filter(pod -> SeenPod.ofMigrationJob(pod)
                        && "Running".equals(pod.getStatus().getPhase()))
                .map(pod -> pod.getMetadata().getLabels().get(Labels.STEP))
                .findFirst()
                .orElse("");
    }

    /** The container of this step, which is the one that runs, ends. */
    Story ends(String step, int exitCode) {
        goesOnAtOnce();
        assertThat(step()).as("the step that runs").isEqualTo(step);
        kubelet.end(exitCode);
        return goesOnAtOnce();
    }

    Story succeeds(String... steps) {
        for (var step : steps) {
            ends(step, 0);
        }
        return this;
    }

    Story fails(String step) {
        return ends(step, 1);
    }

    /** Somebody with the right sets a control annotation. */
    Story asks(ControlAnnotation what, String value) {
        cluster.annotates(what, value);
        return goesOnAtOnce();
    }

    /** Somebody approves just what the status asks for. */
    Story approves() {
        return asks(ControlAnnotation.Approve, pendingApproval().value());
    }

    PendingApproval pendingApproval() {
        return Objects.requireNonNull(cluster.status().pendingApproval(), "nothing waits for approval");
    }

    /** What came of the newest control annotation of a kind. */
    String answer(ControlAnnotation what) {
        return cluster.status().handledRequests().stream()
                .filter(answer -> answer.request().equals(what.verb()))
                .map(answer -> answer.result())
                .findFirst()
                .orElse("");
    }

    Phase phase() {
        return Objects.requireNonNull(cluster.status().phase());
    }

    RunStatus going() {
        return Objects.requireNonNull(cluster.status().run(), "no run is going on");
    }

    /** The jobs that were created so far, by the names of their steps. */
    List<String> stepsStarted() {
        return operator.done().stream()
                .filter(Action.CreateJob.class::isInstance)
                .map(action -> ((Action.CreateJob) action).job().getMetadata())
                .map(job -> job.getLabels().get(Labels.STEP))
                .toList();
    }

    Story rollsOut(String workload, String image) {
        cluster.rollsOut(workload, image);
        return goesOn();
    }

    /** Rolls out and migrates. */
    Story isMigratedTo(String workload, String image) {
        return rollsOut(workload, image).migrationSucceeds();
    }

    Story dies(int afterWrites) {
        operator.reconcile(Faults.diesAfter(afterWrites));
        return this;
    }

    boolean started(Pod pod) {
        return cluster.pod(pod.getMetadata().getName())
                .filter(current -> "Running".equals(current.getStatus().getPhase()))
                .isPresent();
    }

    int runs(String revision) {
        return cluster.witness.runs(revision);
    }

    List<String> waiting() {
        return cluster.pods().stream()
                .map(cluster::seen)
                .filter(SeenPod::live)
                .filter(pod -> pod.gateOf(Migrators.NAME) == GateState.WAITING)
                .map(SeenPod::name)
                .toList();
    }

    Optional<String> run() {
        return Optional.ofNullable(cluster.status().run()).map(run -> run.id());
    }

    HistoryEntry newest() {
        return cluster.status().history().getFirst();
    }

    Condition ready() {
        return cluster.status().conditions().stream()
                .filter(condition -> "Ready".equals(condition.type()))
                .findFirst()
                .orElseThrow();
    }

    String message() {
        return Objects.requireNonNull(ready().message());
    }

    /** What must hold when nothing more happens. */
    void isAtRest() {
        var seen = operator.observe();
        var plan = Planner.plan(seen);
        assertThat(plan)
                .as("quiet: nothing is left to do or to say")
                .isEqualTo(new Plan(Optional.empty(), seen.status(), List.of(), List.of(), plan.lookAgainIn()));
        assertThat(cluster.jobs().stream()
                        .filter(job -> job.getMetadata().getDeletionTimestamp() != null)
                        .map(job -> job.getMetadata().getLabels().get(Labels.RUN)))
                .as("live: a Job that was deleted goes, once its run has ended")
                .allMatch(id -> run().filter(id::equals).isPresent());
        var waiting = waiting();
        if (!waiting.isEmpty()) {
            assertThat(message())
                    .as("live: %s wait, and the message says why", waiting)
                    .contains("wait");
        }
        cluster.pods().stream()
                .map(cluster::seen)
                .filter(pod -> waiting.contains(pod.name()))
                .filter(pod -> cluster.migrator().getSpec().onRollbackOrDefault() == OnRollback.Skip)
                .forEach(pod -> assertThat(cluster.revision(pod.pod()).filter(cluster.history()::migrated))
                        .as("live: %s waits although its revision is migrated", pod.name())
                        .isEmpty());
        cluster.pods().stream()
                .filter(pod -> cluster.seen(pod).live())
                .forEach(pod -> cluster.revision(pod)
                        .filter(revision -> cluster.witness.mustBeRemembered(pod, revision))
                        .ifPresent(revision -> assertThat(cluster.history().migrated(revision))
                                .as("remembered: %s is in use", revision)
                                .isTrue()));
    }

    private List<Object> fingerprint() {
        return List.of(cluster.podVersions.last(), cluster.jobVersions.last(), cluster.migratorVersions.last());
    }
}
