package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.OnRollback;
import net.coderanger.migrations.plan.SeenPod.GateState;

/** Who wants what, and who may start: an observation read in the light of a history. */
final class Situation {

    private static final int WORKLOADS_SHOWN = 3;

    private final String migrator;
    private final MigratorSpec spec;
    private final Predicate<Map<String, String>> selector;
    private final Predicate<Map<String, String>> templateSelector;
    private final History history;
    private final List<SeenPod> live;
    private final List<Workload> templates;
    private final List<Candidate> candidates;

    Situation(Observation seen, History history) {
        this.migrator = seen.name();
        this.spec = seen.migrator().getSpec();
        this.selector = Selectors.of(spec.selector());
        this.templateSelector = Selectors.of(spec.templateSelector());
        this.history = history;
        this.live = seen.pods().stream().filter(SeenPod::live).toList();
        this.templates =
                distinctWorkloads(live.stream().filter(this::offersTemplate).toList());
        this.candidates = templates.stream()
                .filter(this::hasContainer)
                .map(this::candidate)
                .flatMap(Optional::stream)
                .sorted(Candidate.LONGEST_WAITING_FIRST)
                .toList();
    }

    /** Workloads whose template can be migrated from, the one whose pod waits longest first. */
    List<Candidate> candidates() {
        return candidates;
    }

    /** Candidates whose desired revision has to be migrated. */
    List<Candidate> due() {
        return candidates.stream()
                .filter(candidate -> !settled(candidate.desired()))
                .toList();
    }

    /** Whether a workload, by kind and name, has this desired revision. */
    boolean wants(String workload, String revision) {
        return candidates.stream()
                .anyMatch(candidate -> candidate.workload().ref().equals(workload)
                        && candidate.desired().equals(revision));
    }

    boolean noPods() {
        return live.stream().noneMatch(pod -> selected(pod) && !pod.noWait());
    }

    boolean noTemplates() {
        return templates.isEmpty();
    }

    /** For the message when no template has the container that the spec names: each workload with the containers it has. */
    String containersAtHand() {
        return templates.stream()
                .limit(WORKLOADS_SHOWN)
                .map(workload -> workload.ref() + " has "
                        + Revision.containers(workload.template()).stream()
                                .map(Container::getName)
                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }

    /** Pods that this Migrator's gate holds. */
    List<SeenPod> waiting() {
        return live.stream()
                .filter(pod -> pod.gateOf(migrator) == GateState.WAITING)
                .toList();
    }

    /** Pods that were released, but whose waiter has not ended yet. */
    List<SeenPod> leaving() {
        return live.stream()
                .filter(pod -> pod.gateOf(migrator) == GateState.RELEASED && pod.waiterRuns(migrator))
                .toList();
    }

    /** Pods that run, or will, although their revision is not migrated, because they carry no gate. */
    List<SeenPod> ungated() {
        return spec.gateOrDefault() == Gate.None
                ? List.of()
                : live.stream()
                        .filter(this::selected)
                        .filter(pod -> !pod.noWait() && pod.gateOf(migrator) == GateState.ABSENT)
                        .filter(pod -> revision(pod).filter(history::migrated).isEmpty() && !mayStart(pod))
                        .toList();
    }

    /** Revisions that must not be forgotten. */
    Set<String> inUse() {
        var revisions = new HashSet<String>();
        live.forEach(pod -> revision(pod).ifPresent(revisions::add));
        candidates.forEach(candidate -> revisions.add(candidate.desired()));
        return revisions;
    }

    boolean mayStart(SeenPod pod) {
        if (spec.gateOrDefault() == Gate.None || pod.noWait()) {
            return true;
        }
        var revision = revision(pod);
        if (revision.isEmpty()) {
            return false;
        }
        if (settled(revision.get())) {
            return true;
        }
        if (isOfCandidate(pod) || sharesRepositoryWithCandidate(revision.get())) {
            return false;
        }
        return !candidates.isEmpty() && due().isEmpty();
    }

    Optional<String> revision(SeenPod pod) {
        return pod.origin().flatMap(template -> Revision.of(template, spec.container()));
    }

    /** Workloads that want what their pods wait for, but have no template to migrate from: nobody else will have that revision migrated. */
    Stream<Workload> strangers() {
        return waiting().stream()
                .filter(pod -> !mayStart(pod))
                .flatMap(pod -> pod
                        .workload()
                        .filter(workload -> revision(pod).equals(Revision.of(workload.template(), spec.container())))
                        .filter(workload -> !wants(workload.ref(), revision(pod).orElse("")))
                        .stream());
    }

    /** When a pod's revision was migrated, if it was. */
    Optional<Instant> migratedAt(SeenPod pod) {
        return revision(pod).flatMap(history::migratedAt);
    }

    /** Revisions that pods wait for, for the message. */
    Set<String> awaited() {
        return waiting().stream()
                .map(this::revision)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean settled(String revision) {
        return history.migrated(revision) && !mattersAfterRollback(revision);
    }

    /** A workload went back to this revision, with runs of others for it in between, and that is not to be passed over. */
    private boolean mattersAfterRollback(String revision) {
        return spec.onRollbackOrDefault() != OnRollback.Skip
                && candidates.stream()
                        .filter(candidate -> candidate.desired().equals(revision))
                        .anyMatch(candidate -> history.succeededOtherwiseSince(revision, candidate.workload())
                                .isPresent());
    }

    private boolean selected(SeenPod pod) {
        return selector.test(pod.labels());
    }

    private boolean offersTemplate(SeenPod pod) {
        return selected(pod)
                && !pod.noWait()
                && (spec.templateSelector() == null || templateSelector.test(pod.labels()));
    }

    private static List<Workload> distinctWorkloads(List<SeenPod> pods) {
        Map<String, Workload> byUid = new LinkedHashMap<>();
        pods.forEach(pod -> pod.workload().ifPresent(workload -> byUid.putIfAbsent(workload.uid(), workload)));
        return List.copyOf(byUid.values());
    }

    private boolean hasContainer(Workload workload) {
        return Revision.container(workload.template(), spec.container()).isPresent();
    }

    private Optional<Candidate> candidate(Workload workload) {
        return Revision.of(workload.template(), spec.container())
                .map(desired -> new Candidate(
                        workload,
                        desired,
                        live.stream()
                                .filter(pod -> belongsTo(pod, workload))
                                .filter(pod -> pod.gateOf(migrator) == GateState.WAITING)
                                .filter(pod ->
                                        revision(pod).filter(desired::equals).isPresent())
                                .map(SeenPod::created)
                                .min(Instant::compareTo)));
    }

    private boolean isOfCandidate(SeenPod pod) {
        return offersTemplate(pod) && candidates.stream().anyMatch(candidate -> belongsTo(pod, candidate.workload()));
    }

    private static boolean belongsTo(SeenPod pod, Workload workload) {
        return pod.workload().filter(own -> own.uid().equals(workload.uid())).isPresent();
    }

    private boolean sharesRepositoryWithCandidate(String revision) {
        var repository = ImageReference.repository(revision);
        return candidates.stream()
                .anyMatch(candidate ->
                        ImageReference.repository(candidate.desired()).equals(repository));
    }
}
