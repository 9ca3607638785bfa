package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.plan.SeenPod.GateState;
import org.jspecify.annotations.Nullable;

/** What the API server stores, for one Migrator in one namespace, and every earlier state of it: a cache may be behind. */
final class SimulatedCluster {

    /** Who sets control annotations. */
    static final String USER = "jane";

    /** Where a pod comes from. */
    private record Origin(String workload, PodTemplateSpec template) {}

    final Witness witness = new Witness();
    private final Map<String, Workload> workloads = new LinkedHashMap<>();
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, Origin> origins = new HashMap<>();
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    final Versions<List<Pod>> podVersions = new Versions<>(List.of());
    final Versions<List<Job>> jobVersions = new Versions<>(List.of());
    final Versions<Migrator> migratorVersions;
    private Instant now = Migrators.T0;
    private int serial;
    private @Nullable String refusal;
    private boolean readBack = true;

    SimulatedCluster(Migrator migrator) {
        migratorVersions = new Versions<>(migrator);
    }

    /** A new template, and the first pod made from it. */
    Pod rollsOut(String workload, String image) {
        return rollsOut(workload, Workloads.template(image, workload));
    }

    Pod rollsOut(String workload, PodTemplateSpec template) {
        changesTemplate(workload, template);
        return addsPod(workload);
    }

    void changesTemplate(String workload, PodTemplateSpec template) {
        var slash = workload.indexOf('/');
        workloads.put(
                workload,
                Workloads.of(
                        slash < 0 ? "Deployment" : workload.substring(0, slash),
                        workload.substring(slash + 1),
                        template));
        witness.somethingChanged();
    }

    Pod addsPod(String workload) {
        return addsPod(workload, workload(workload).template());
    }

    /** A pod of the current template or an older one, as admission leaves it. */
    Pod addsPod(String workload, PodTemplateSpec template) {
        var revision = Revision.of(template, migrator().getSpec().container());
        var spec = migrator().getSpec();
        var passes = revision.filter(its -> history().passesUnseen(its, spec.onRollbackOrDefault()));
        var pod = addsPod(workload, template, passes.isPresent() ? Gate.None : spec.gateOrDefault());
        if (passes.isPresent()) {
            witness.opens(pod, revision, false);
        }
        return pod;
    }

    Pod addsPod(String workload, PodTemplateSpec template, Gate gate) {
        var made = Pods.of(workload(workload).name() + "-" + ++serial, workload(workload));
        var pod = switch (gate) {
            case InitContainer -> made.waiting();
            case SchedulingGate -> made.behindSchedulingGate(Gates.schedulingGate(Migrators.NAME));
            case None -> made;
        };
        var created =
                pod.createdAt(now).labelled(template.getMetadata().getLabels()).build();
        origins.put(created.getMetadata().getUid(), new Origin(workload, template));
        revision(created)
                .filter(its -> !history().migrated(its))
                .ifPresent(its -> witness.isOutOfUse(created.getMetadata().getUid(), its));
        put(created);
        return created;
    }

    void deletesPod(String name) {
        pods.remove(name);
        podVersions.add(pods());
    }

    void changesSpec(String... lines) {
        changesSpec(Migrators.spec(lines));
    }

    void changesSpec(MigratorSpec spec) {
        var next = Migrators.copy(migrator());
        next.setSpec(spec);
        next.getMetadata().setGeneration(next.getMetadata().getGeneration() + 1);
        if (!Objects.equals(next.getSpec().trigger(), migrator().getSpec().trigger())) {
            witness.asksAgain();
        }
        witness.somethingChanged();
        store(next);
    }

    /** A user who has the right sets a control annotation, and admission writes beside it who that was. */
    void annotates(ControlAnnotation what, String value) {
        var next = Migrators.copy(migrator());
        var changed = new HashMap<>(SeenPod.orEmpty(next.getMetadata().getAnnotations()));
        if (!value.equals(changed.put(what.key(), value)) || !changed.containsKey(what.stamp())) {
            changed.put(what.stamp(), USER);
            witness.demanded(what, value, migrator());
        }
        next.getMetadata().setAnnotations(changed);
        store(next);
    }

    /** Somebody sets a control annotation while admission is not in force. */
    void annotatesUnchecked(ControlAnnotation what, String value) {
        var next = Migrators.copy(migrator());
        var changed = new HashMap<>(SeenPod.orEmpty(next.getMetadata().getAnnotations()));
        changed.put(what.key(), value);
        changed.remove(what.stamp());
        next.getMetadata().setAnnotations(changed);
        store(next);
    }

    /** Somebody sets an annotation that is no request. */
    void annotatesFreely(String key, String value) {
        var next = Migrators.copy(migrator());
        var changed = new HashMap<>(SeenPod.orEmpty(next.getMetadata().getAnnotations()));
        changed.put(key, value);
        next.getMetadata().setAnnotations(changed);
        store(next);
    }

    void passes(Duration time) {
        now = now.plus(time);
    }

    /** From now on statuses are not written as JSON and read back: of thousands of histories a few show that they can be. */
    void storesStatusAsItIs() {
        readBack = false;
    }

    /** From now on the API server refuses Jobs, for this reason; null: no longer. */
    void refusesJobs(@Nullable String reason) {
        refusal = reason;
    }

    Instant now() {
        return now;
    }

    Migrator migrator() {
        return migratorVersions.latest();
    }

    MigratorStatus status() {
        return Objects.requireNonNullElse(migrator().getStatus(), MigratorStatus.EMPTY);
    }

    History history() {
        return History.of(migrator().getStatus());
    }

    List<String> workloadNames() {
        return List.copyOf(workloads.keySet());
    }

    Workload workload(String name) {
        return Objects.requireNonNull(workloads.get(name), name);
    }

    /**
     * Creates a Job. Returns why it was refused; that it exists already is no refusal.
     *
     * @param by the Migrator that it was planned from
     * @param late whether the leader that creates it is none any more
     */
    Optional<String> create(Job job, Migrator by, boolean late) {
        var name = job.getMetadata().getName();
        if (refusal != null) {
            return Optional.of(refusal);
        }
        if (!jobs.containsKey(name)) {
            witness.jobCreated(job, by, late, wanting(job), now);
            put(new JobBuilder(job)
                    .editMetadata()
                    .withUid(name + "-" + ++serial)
                    .withCreationTimestamp(now.toString())
                    .endMetadata()
                    .build());
        }
        return Optional.empty();
    }

    private Set<String> wanting(Job job) {
        var revision = Objects.requireNonNull(job.getMetadata().getAnnotations().get(Annotations.REVISION));
        return workloads.values().stream()
                .filter(workload -> Revision.of(
                                workload.template(), migrator().getSpec().container())
                        .filter(revision::equals)
                        .isPresent())
                .map(Workload::ref)
                .collect(Collectors.toSet());
    }

    boolean putStatus(String resourceVersion, MigratorStatus status) {
        if (!resourceVersion.equals(migrator().getMetadata().getResourceVersion())) {
            return false;
        }
        assertThat(States.KINDS)
                .as("every state is in the table of states: add this one to States")
                .contains(States.Kind.of(status));
        witness.statusWritten(status(), status);
        var next = Migrators.copy(migrator());
        next.setStatus(status);
        store(readBack ? Migrators.with(next, status) : next);
        return true;
    }

    Optional<Job> job(String name) {
        return Optional.ofNullable(jobs.get(name));
    }

    List<Job> jobs() {
        return List.copyOf(jobs.values());
    }

    void edit(String job, UnaryOperator<JobBuilder> change) {
        var current = jobs.get(job);
        if (current != null) {
            put(change.apply(new JobBuilder(current)).build());
        }
    }

    void put(Job job) {
        var metadata = job.getMetadata();
        if (metadata.getDeletionTimestamp() != null && metadata.getFinalizers().isEmpty()) {
            jobs.remove(metadata.getName());
        } else {
            jobs.put(metadata.getName(), job);
        }
        jobVersions.add(jobs());
    }

    void put(Pod pod) {
        pods.put(pod.getMetadata().getName(), pod);
        podVersions.add(pods());
        witness.podsChanged(pods());
    }

    List<Pod> pods() {
        return List.copyOf(pods.values());
    }

    Optional<Pod> pod(String name) {
        return Optional.ofNullable(pods.get(name));
    }

    /**
     * Opens the Migrator's gate, as the release patch does: on that very pod or not at all.
     *
     * @param late whether a leader does it that is none any more
     */
    void release(Pod seen, boolean late) {
        pod(seen.getMetadata().getName())
                .filter(pod ->
                        pod.getMetadata().getUid().equals(seen.getMetadata().getUid()))
                .ifPresent(pod -> opens(pod, late));
    }

    private void opens(Pod pod, boolean late) {
        if (seen(pod).gateOf(Migrators.NAME) == GateState.WAITING) {
            witness.opens(pod, revision(pod), late);
        }
        put(new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(
                        Annotations.released(Migrators.NAME), pod.getMetadata().getUid())
                .endMetadata()
                .editSpec()
                .removeMatchingFromSchedulingGates(
                        gate -> Gates.schedulingGate(Migrators.NAME).equals(gate.getName()))
                .endSpec()
                .build());
    }

    SeenPod seen(Pod pod) {
        var origin = origins.get(pod.getMetadata().getUid());
        if (origin == null || !new SeenPod(pod, Optional.empty(), Optional.empty()).live()) {
            return new SeenPod(pod, Optional.empty(), Optional.empty());
        }
        return Optional.ofNullable(workloads.get(origin.workload()))
                .map(workload -> new SeenPod(pod, Optional.of(origin.template()), Optional.of(workload)))
                .orElseGet(() -> new SeenPod(pod, Optional.empty(), Optional.empty()));
    }

    Optional<String> revision(Pod pod) {
        var origin = origins.get(pod.getMetadata().getUid());
        return origin == null
                ? Optional.empty()
                : Revision.of(origin.template(), migrator().getSpec().container());
    }

    private void store(Migrator next) {
        next.getMetadata().setResourceVersion(String.valueOf(migratorVersions.last() + 2));
        migratorVersions.add(next);
    }
}
