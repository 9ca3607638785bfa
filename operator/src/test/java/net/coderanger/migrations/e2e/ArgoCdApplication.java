package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Migrator;
import org.awaitility.Awaitility;

/**
 * An Application of Argo CD that delivers a branch of the testbed's repository into a test's namespace, and all that Argo CD's API
 * has told of it since, in order.
 */
final class ArgoCdApplication implements AutoCloseable {

    /**
     * What Argo CD's pages would show at a moment.
     *
     * @param at {@link System#nanoTime}
     * @param operation phase of the newest sync
     * @param revision of Git, that {@code sync} is about
     * @param migrator health of the Migrator in the resource tree
     * @param message of that health
     */
    record Seen(
            long at,
            String sync,
            String revision,
            String health,
            String operation,
            String operated,
            String migrator,
            String message) {

        boolean looksLike(Seen other) {
            return sync.equals(other.sync)
                    && revision.equals(other.revision)
                    && health.equals(other.health)
                    && operation.equals(other.operation)
                    && operated.equals(other.operated)
                    && migrator.equals(other.migrator)
                    && message.equals(other.message);
        }
    }

    /**
     * A version that was delivered.
     *
     * @param at {@link System#nanoTime}
     */
    record Commit(long at, String message) {}

    /**
     * Where in the repository, and where to.
     *
     * @param folder of the repository
     * @param options further fields of the source, as YAML in one line, with a comma before
     * @param namespace of the cluster
     */
    record Delivery(String folder, String options, String namespace) {}

    private static final String AUTOMATED = "automated: {prune: true, selfHeal: true}";

    private static final Seen NOTHING = new Seen(0, "", "", "", "", "", "", "");

    private final TestNamespace namespace;
    private final ArgoCd argo;
    private final ArgoCdRepository repository;
    private final Delivery delivery;
    private String head = "";
    private final List<Commit> commits = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>(List.of(NOTHING));

    private ArgoCdApplication(TestNamespace namespace, ArgoCdRepository repository, Delivery delivery) {
        this.namespace = namespace;
        this.argo = ArgoCd.admin(namespace.client());
        this.repository = repository;
        this.delivery = delivery;
    }

    /** One that syncs by itself, prunes, and heals what has drifted. */
    static ArgoCdApplication automated(TestNamespace namespace, String... manifests) {
        return create(namespace, "{}", AUTOMATED, manifests);
    }

    /** The same with options for its syncs. */
    static ArgoCdApplication automatedWith(TestNamespace namespace, List<String> syncOptions, String... manifests) {
        return create(namespace, "{}", AUTOMATED + ", syncOptions: " + syncOptions, manifests);
    }

    /** The same with the annotation that spares the Applications of a large repository each other's commits. */
    static ArgoCdApplication monorepo(TestNamespace namespace, String... manifests) {
        return create(namespace, "{argocd.argoproj.io/manifest-generate-paths: .}", AUTOMATED, manifests);
    }

    /** One that syncs when somebody says so. */
    static ArgoCdApplication manual(TestNamespace namespace, String... manifests) {
        return create(namespace, "{}", "", manifests);
    }

    private static ArgoCdApplication create(
            TestNamespace namespace, String annotations, String policy, String... manifests) {
        var repository = new ArgoCdRepository(namespace.client(), namespace.name());
        var application = new ArgoCdApplication(namespace, repository, new Delivery(".", "", namespace.name()));
        application.deliver("v1", manifests);
        application.create(annotations, policy);
        return application;
    }

    /** One that delivers from what was written into a repository, and is named as the test's namespace, as its branch is. */
    static ArgoCdApplication of(
            TestNamespace namespace, ArgoCdRepository repository, Delivery delivery, List<String> syncOptions) {
        var application = new ArgoCdApplication(namespace, repository, delivery);
        application.deliver("v1");
        application.create("{}", AUTOMATED + ", syncOptions: " + syncOptions);
        return application;
    }

    private void create(String annotations, String policy) {
        var manifest = manifest(annotations, policy);
        namespace
                .client()
                .load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                .serverSideApply();
        listen();
    }

    private String manifest(String annotations, String policy) {
        return """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: %1$s, namespace: argocd, annotations: %3$s}
                spec:
                  project: default
                  source: {repoURL: "%2$s", targetRevision: %1$s, path: %4$s%5$s}
                  destination: {server: "https://kubernetes.default.svc", namespace: %6$s}
                  syncPolicy: {%7$s}
                """.formatted(
                        name(),
                        ArgoCdRepository.URL,
                        annotations,
                        delivery.folder(),
                        delivery.options(),
                        delivery.namespace(),
                        policy);
    }

    /** What the button Sync does. */
    void sync() {
        argo.post(path("/sync"), Map.of()).ok();
    }

    /** What the button Rollback does, to the version that was delivered first. */
    void rollBackToFirst() {
        var first = status().path("history").path(0).path("id").asInt();
        argo.post(path("/rollback"), Map.of("id", first)).ok();
    }

    private void listen() {
        // A stream that is asked for before the API server knows of the Application is an error.
        namespace.await(
                () -> assertThat(argo.get(path("/resource-tree")).status()).isEqualTo(200));
        argo.stream(
                "/api/v1/stream/applications?name=" + name(),
                message -> application(message.path("application").path("status")));
        argo.stream(path("/resource-tree").replace("/api/v1/", "/api/v1/stream/"), this::tree);
    }

    String name() {
        return namespace.name();
    }

    ArgoCd argo() {
        return argo;
    }

    /** The newest commit. */
    String head() {
        return head;
    }

    String path(String more) {
        return "/api/v1/applications/" + name() + more;
    }

    /** Commits manifests in place of those before, or what was written into the repository, and has Argo CD look at once instead of at its next poll. */
    String commit(String message, String... manifests) {
        deliver(message, manifests);
        refresh();
        return head;
    }

    private void deliver(String message, String... manifests) {
        if (manifests.length > 0) {
            repository.write("application.yaml", String.join("---\n", manifests));
        }
        commits.add(new Commit(System.nanoTime(), message));
        head = repository.commit(message);
    }

    /** All that was seen so far, as a picture. */
    String picture() {
        return ArgoCdSequence.svg(seen(), commits, System.nanoTime());
    }

    void refresh() {
        argo.get(path("?refresh=normal")).ok();
    }

    /** Has Argo CD render the manifests anew, too. */
    void refreshAll() {
        argo.get(path("?refresh=hard")).ok();
    }

    /** All that was seen so far. */
    synchronized List<Seen> seen() {
        return List.copyOf(seen.subList(1, seen.size()));
    }

    synchronized Seen now() {
        return seen.getLast();
    }

    /** How many were seen so far: where a later look begins. */
    synchronized int mark() {
        return seen.size() - 1;
    }

    /** What was seen of one property since a mark, without repetitions. */
    List<String> since(int mark, Function<Seen, String> property) {
        var values = new ArrayList<String>();
        for (var moment : seen().subList(mark, seen().size())) {
            if (values.isEmpty() || !values.getLast().equals(property.apply(moment))) {
                values.add(property.apply(moment));
            }
        }
        return values;
    }

    /** Waits until the commit is synced and the Application has this health. */
    void await(String commit, String health) {
        Awaitility.await()
                .atMost(TestNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    var now = now();
                    assertThat(now.sync()).as("%s", now).isEqualTo("Synced");
                    assertThat(now.revision()).as("%s", now).isEqualTo(commit);
                    assertThat(now.operation()).as("%s", now).isEqualTo("Succeeded");
                    assertThat(now.operated()).as("%s", now).isEqualTo(commit);
                    assertThat(now.health()).as("%s", now).isEqualTo(health);
                });
    }

    /** What it consists of, as kind/name. */
    List<String> resources() {
        return names(status().path("resources"));
    }

    /** What hangs directly under a kind in the resource tree. */
    List<JsonNode> below(String kind) {
        return argo.get(path("/resource-tree"))
                .ok()
                .path("nodes")
                .valueStream()
                .filter(node -> node.path("parentRefs")
                        .valueStream()
                        .anyMatch(parent -> parent.path("kind").asText().equals(kind)))
                .toList();
    }

    /** The first line that a pod of the resource tree has printed, as Argo CD shows it. */
    String log(JsonNode pod) {
        return argo.get(path("/pods/" + pod.path("name").asText() + "/logs?container=migrations&namespace="
                        + pod.path("namespace").asText()))
                .ok()
                .at("/result/content")
                .asText();
    }

    /** Which of these are not as Git says, as kind/name. */
    List<String> unlikeGit() {
        return status().path("resources")
                .valueStream()
                .filter(resource -> !resource.path("status").asText().equals("Synced"))
                .map(ArgoCdApplication::name)
                .toList();
    }

    private JsonNode status() {
        return argo.get(path("")).ok().path("status");
    }

    private static List<String> names(JsonNode resources) {
        return resources.valueStream().map(ArgoCdApplication::name).toList();
    }

    private static String name(JsonNode resource) {
        return resource.path("kind").asText() + "/" + resource.path("name").asText();
    }

    /** Messages of Argo CD's events about the Application. */
    List<String> events(String reason) {
        return namespace.client().v1().events().inNamespace(ArgoCd.NAMESPACE).list().getItems().stream()
                .filter(event -> name().equals(event.getInvolvedObject().getName()))
                .filter(event -> reason.equals(event.getReason()))
                .map(Event::getMessage)
                .toList();
    }

    /** What the newest sync was limited to, as kind/name; nothing, if it was not. */
    List<String> selected() {
        return names(
                status().path("operationState").path("operation").path("sync").path("resources"));
    }

    /** When the resource tree first showed a message of the Migrator with this text, as {@link System#nanoTime}. */
    long whenMessage(String text) {
        return when(moment -> moment.message().contains(text));
    }

    /** When the Application first had this health, as {@link System#nanoTime}. */
    long whenHealth(String health) {
        return when(moment -> moment.health().equals(health));
    }

    private long when(Predicate<Seen> condition) {
        return seen().stream()
                .filter(condition)
                .findFirst()
                .orElseThrow(() -> new AssertionError("not seen:\n" + this))
                .at();
    }

    private void application(JsonNode status) {
        var operation = status.path("operationState");
        change(before -> new Seen(
                System.nanoTime(),
                status.path("sync").path("status").asText(),
                status.path("sync").path("revision").asText(),
                status.path("health").path("status").asText(),
                operation.path("phase").asText(),
                operation.path("syncResult").path("revision").asText(),
                before.migrator(),
                before.message()));
    }

    private void tree(JsonNode tree) {
        tree.path("nodes")
                .valueStream()
                .filter(node -> node.path("group").asText().equals(Migrator.GROUP))
                .map(node -> node.path("health"))
                .forEach(health -> change(before -> new Seen(
                        System.nanoTime(),
                        before.sync(),
                        before.revision(),
                        before.health(),
                        before.operation(),
                        before.operated(),
                        health.path("status").asText(),
                        health.path("message").asText())));
    }

    private synchronized void change(Function<Seen, Seen> next) {
        var before = seen.getLast();
        var now = next.apply(before);
        if (!now.looksLike(before)) {
            seen.add(now);
        }
    }

    /** What was seen, for the one who reads a failed test. */
    @Override
    public String toString() {
        var began = seen().isEmpty() ? 0 : seen().getFirst().at();
        return seen().stream()
                .map(moment -> "%6.2f s %s".formatted((moment.at() - began) / 1e9, moment))
                .collect(Collectors.joining("\n"));
    }

    /** Deletes it with all that it has delivered, as the button Delete does, and waits until it is gone. */
    void deleteWithAll() {
        argo.delete(path("?cascade=true")).ok();
        namespace.await(() -> assertThat(here().get()).isNull());
    }

    private Resource<GenericKubernetesResource> here() {
        return namespace
                .client()
                .genericKubernetesResources("argoproj.io/v1alpha1", "Application")
                .inNamespace(ArgoCd.NAMESPACE)
                .withName(name());
    }

    @Override
    public void close() {
        System.out.println(this);
        argo.close();
        repository.close();
        here().delete();
    }
}
