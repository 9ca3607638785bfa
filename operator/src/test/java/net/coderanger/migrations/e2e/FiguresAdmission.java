package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.coderanger.migrations.api.Gates;

/** Creates pods by server-side dry runs, which pass all of admission and leave nothing behind, and takes the time of each. */
final class FiguresAdmission {

    private static final double NANOS_PER_MILLI = 1e6;

    /** What happens to a pod. */
    enum Subject {
        /** Its revision is looked up and is not migrated: it is gated. */
        GATED("next", true),
        /** Its revision is looked up and is migrated: it stays as it is. */
        MIGRATED("migrated", true),
        /** The API server does not call the webhook: its objectSelector leaves the operator's own pods out. */
        WITHOUT_WEBHOOK("migrated", false);

        private final String deployment;
        private final boolean webhook;

        Subject(String deployment, boolean webhook) {
            this.deployment = deployment;
            this.webhook = webhook;
        }
    }

    /** Times of creations, in milliseconds. */
    record Times(Map<Subject, FiguresSamples> bySubject) {

        FiguresSamples of(Subject subject) {
            return Objects.requireNonNull(bySubject.get(subject));
        }
    }

    private final TestNamespace namespace;
    private final Map<Subject, Pod> pods = new EnumMap<>(Subject.class);

    FiguresAdmission(TestNamespace namespace) {
        this.namespace = namespace;
        namespace.apply(
                migrator("web", "web", "exit 0").replace("{matchLabels: {app: web}}", "{}"),
                deployment("migrated", "app:v1", 1));
        namespace.awaitRunning("migrated", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        namespace.apply(deployment("next", "app:v2", 0));
        namespace.await(() -> assertThat(replicaSets("next")).hasSize(1));
        for (var subject : Subject.values()) {
            pods.put(subject, pod(subject));
        }
        for (var subject : Subject.values()) {
            var gates = create(subject).getSpec().getInitContainers().stream()
                    .filter(init -> Gates.isWaiter(init.getName()))
                    .count();
            assertThat(gates).as("gates of a pod that is %s", subject).isEqualTo(subject == Subject.GATED ? 1 : 0);
        }
    }

    /** Creates so many of each, one after the other by turns, in as many threads as there are creators. */
    Times measure(int each, int creators) throws Exception {
        List<Times> parts = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(creators)) {
            for (var part : executor.invokeAll(IntStream.range(0, creators)
                    .mapToObj(creator -> (Callable<Times>) () -> byTurns(each / creators))
                    .toList())) {
                parts.add(part.get());
            }
        }
        return new Times(pods.keySet().stream()
                .collect(Collectors.toMap(
                        subject -> subject,
                        subject -> FiguresSamples.all(parts.stream().map(part -> part.of(subject))))));
    }

    private Times byTurns(int each) {
        Map<Subject, List<Double>> times = new EnumMap<>(Subject.class);
        for (var turn = 0; turn < each; turn++) {
            for (var subject : Subject.values()) {
                var start = System.nanoTime();
                create(subject);
                times.computeIfAbsent(subject, key -> new ArrayList<>())
                        .add((System.nanoTime() - start) / NANOS_PER_MILLI);
            }
        }
        return new Times(times.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> FiguresSamples.of(entry.getValue()))));
    }

    private Pod create(Subject subject) {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .resource(pods.get(subject))
                .dryRun()
                .create();
    }

    private List<io.fabric8.kubernetes.api.model.apps.ReplicaSet> replicaSets(String app) {
        return namespace
                .client()
                .apps()
                .replicaSets()
                .inNamespace(namespace.name())
                .withLabel("app", app)
                .list()
                .getItems();
    }

    /** As the ReplicaSet of a Deployment makes them. */
    private Pod pod(Subject subject) {
        var owner = replicaSets(subject.deployment).getFirst();
        var template = owner.getSpec().getTemplate();
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName(owner.getMetadata().getName() + "-")
                .withLabels(template.getMetadata().getLabels())
                .addToLabels("app.kubernetes.io/name", subject.webhook ? "any" : "migrations-operator")
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("apps/v1")
                        .withKind("ReplicaSet")
                        .withName(owner.getMetadata().getName())
                        .withUid(owner.getMetadata().getUid())
                        .withController(true)
                        .build())
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }
}
