package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** A namespace of its own for one test, and what a user does and sees in it. */
final class TestNamespace implements AutoCloseable {

    /** Longest that anything here may take; the machine may be busy with other tests. */
    static final Duration PATIENCE = Duration.ofMinutes(4);

    /** A migration that goes on until {@link #endMigrations}. */
    static final String UNTIL_TOLD = "until [ -e /tmp/end ]; do sleep 0.1; done";

    /** Of 100 ms. */
    private static final int GATE_TRIES = 300;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int MAX_NAME = 40;

    private final KubernetesClient client;
    private final String name;
    private final Recorder recorder;
    private boolean closed;

    private TestNamespace(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
        this.recorder = new Recorder(client, name);
    }

    static TestNamespace create(String test) {
        var readable = test.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        var name = "t" + NUMBER.incrementAndGet() + "-"
                + readable.substring(0, Math.min(readable.length(), MAX_NAME)).replaceAll("-+$", "") + "-"
                + Long.toString(ProcessHandle.current().pid(), 36);
        return named(name);
    }

    private static TestNamespace named(String name) {
        var client = new KubernetesClientBuilder().build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("migrations-test", "true")
                        .endMetadata()
                        .build())
                .create();
        return new TestNamespace(client, name);
    }

    String name() {
        return name;
    }

    /** One of the same name, made when this one, which was deleted, is gone. */
    TestNamespace again() {
        client.namespaces().withName(name).waitUntilCondition(Objects::isNull, PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return named(name);
    }

    KubernetesClient client() {
        return client;
    }

    Recorder recorder() {
        return recorder;
    }

    /**
     * Applies manifests, as {@code kubectl apply} does, in the order given. After a Migrator it waits until the webhook is closed here:
     * until then a pod that is not answered within a second starts, and the machine may be slow.
     */
    void apply(String... manifests) {
        for (var manifest : manifests) {
            applyAtOnce(manifest);
            if (manifest.contains("kind: Migrator\n")) {
                awaitGate();
            }
        }
    }

    /** The same without any waiting. */
    void applyAtOnce(String... manifests) {
        for (var manifest : manifests) {
            client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                    .inNamespace(name)
                    .forceConflicts()
                    .serverSideApply();
        }
    }

    /** Unless no operator is installed, or it does not watch this namespace, or may not close the webhook: then soon enough. */
    private void awaitGate() {
        var registered = client.admissionRegistration().v1().mutatingWebhookConfigurations();
        for (var tries = 0; tries < GATE_TRIES && !closed; tries++) {
            var configuration = registered.withName(InstalledOperator.NAME).get();
            if (configuration == null) {
                return;
            }
            var watched = Objects.requireNonNullElse(
                            configuration.getMetadata().getAnnotations(), Map.<String, String>of())
                    .getOrDefault("migrations.coderanger.net/watched-namespaces", "");
            if (!watched.isEmpty() && !List.of(watched.split(",")).contains(name)) {
                return;
            }
            closed = configuration.getWebhooks().stream()
                    .filter(webhook -> webhook.getName().startsWith("gate."))
                    .anyMatch(webhook -> client.getKubernetesSerialization()
                            .asJson(webhook.getNamespaceSelector())
                            .contains("\"" + name + "\""));
            pause();
        }
    }

    private void pause() {
        try {
            Thread.sleep(closed ? 0 : 100);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the migrations that run {@link #UNTIL_TOLD}. */
    void endMigrations() {
        var told = new HashSet<String>();
        await(() -> {
            for (var migration : runningMigrations()) {
                endMigration(migration);
                told.add(migration.getMetadata().getUid());
            }
            assertThat(told).isNotEmpty();
        });
    }

    private List<Pod> runningMigrations() {
        return client.pods()
                .inNamespace(name)
                .withLabel(Labels.MIGRATOR)
                .withField("status.phase", "Running")
                .list()
                .getItems();
    }

    /** Ends one that runs {@link #UNTIL_TOLD} in its first container. */
    void endMigration(Pod migration) {
        try (var touch = client.pods()
                .inNamespace(name)
                .withName(migration.getMetadata().getName())
                .inContainer(migration.getSpec().getContainers().getFirst().getName())
                .redirectingError()
                .exec("touch", "/tmp/end")) {
            assertThat(touch.exitCode().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isZero();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("a migration cannot be told to end", e);
        }
    }

    void label(Map<String, String> labels) {
        client.namespaces().withName(name).edit(namespace -> {
            namespace.getMetadata().getLabels().putAll(labels);
            return namespace;
        });
    }

    /** Asks something of a Migrator, as {@code kubectl annotate --overwrite} does. */
    void annotate(String migrator, String request, String value) {
        annotate(client, migrator, request, value);
    }

    /** The same by another user. */
    void annotate(KubernetesClient user, String migrator, String request, String value) {
        user.resources(Migrator.class)
                .inNamespace(name)
                .withName(migrator)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"migrations.coderanger.net/%s\": \"%s\"}}}"
                                .formatted(request, value));
    }

    Migrator migrator(String migrator) {
        return Objects.requireNonNull(
                client.resources(Migrator.class)
                        .inNamespace(name)
                        .withName(migrator)
                        .get(),
                () -> "no Migrator " + migrator);
    }

    MigratorStatus status(String migrator) {
        var status = migrator(migrator).getStatus();
        assertThat(status).as("status of Migrator %s", migrator).isNotNull();
        return status;
    }

    Condition condition(String migrator, String type) {
        return status(migrator).conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no condition " + type + " on " + migrator));
    }

    /** Waits until a Migrator is Ready with a revision, both in one and the same status. */
    void awaitReady(String migrator, String revision) {
        await(() -> {
            var status = status(migrator);
            assertThat(status.desiredRevision()).isEqualTo(revision);
            assertThat(status.conditions()).anySatisfy(condition -> {
                assertThat(condition.type()).isEqualTo("Ready");
                assertThat(condition.status()).as(condition.message()).isEqualTo("True");
            });
        });
    }

    void awaitStalled(String migrator) {
        await(() -> assertThat(condition(migrator, "Stalled").status()).isEqualTo("True"));
    }

    List<Pod> pods(String app) {
        return client.pods().inNamespace(name).withLabel("app", app).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** Pods of an application whose containers run. */
    List<Pod> running(String app) {
        return pods(app).stream()
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .toList();
    }

    void awaitRunning(String app, String image, int count) {
        await(() -> assertThat(running(app).stream()
                        .filter(pod -> pod.getSpec()
                                .getContainers()
                                .getFirst()
                                .getImage()
                                .endsWith(image)))
                .hasSize(count));
    }

    /**
     * Asserts that a version was migrated by one container, once, and that every application container of that version started
     * after it. Kubelet's times have whole seconds.
     */
    void awaitOneMigrationBefore(String image) {
        await(() -> {
            assertThat(recorder.migrations(image)).singleElement().satisfies(run -> {
                assertThat(run.exitCode()).isZero();
                assertThat(run.finishedAt()).isPresent();
            });
            assertThat(recorder.applications(image)).isNotEmpty();
        });
        var migrated = recorder.migrations(image).getFirst().finishedAt().orElseThrow();
        assertThat(recorder.applications(image))
                .allSatisfy(start -> assertThat(start.startedAt())
                        .as("start of %s", start.pod())
                        .isGreaterThanOrEqualTo(migrated));
    }

    /** Asserts that no migration container started while another was running. */
    void assertNoTwoMigrationsAtOnce() {
        var runs = recorder.migrations().stream()
                .sorted(java.util.Comparator.comparing(Recorder.Start::startedAt))
                .toList();
        for (var index = 1; index < runs.size(); index++) {
            assertThat(runs.get(index).startedAt())
                    .isGreaterThanOrEqualTo(runs.get(index - 1).finishedAt().orElseThrow());
        }
    }

    /** Waits until this many pods of an application are held back. */
    void awaitWaiting(String migrator, int count) {
        await(() -> assertThat(status(migrator).waitingPods()).isEqualTo(count));
    }

    List<Job> jobs() {
        return client.batch().v1().jobs().inNamespace(name).list().getItems();
    }

    List<Event> events(String reason) {
        return client.v1().events().inNamespace(name).list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .toList();
    }

    void await(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    /** Asserts that something is so, and stays so for a while: the only way to see that nothing happens. */
    void stays(Duration howLong, ThrowingRunnable assertion) {
        var end = Instant.now().plus(howLong);
        try {
            do {
                assertion.run();
                Thread.sleep(200);
            } while (Instant.now().isBefore(end));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw e instanceof Error error ? error : new AssertionError(e);
        }
    }

    Optional<GenericKubernetesResource> generic(String apiVersion, String kind, String resource) {
        return Optional.ofNullable(client.genericKubernetesResources(apiVersion, kind)
                .inNamespace(name)
                .withName(resource)
                .get());
    }

    /** What was going on, for the one who reads a failed test. */
    String story() {
        return Story.of(client, name);
    }

    @Override
    public void close() {
        recorder.close();
        client.namespaces().withName(name).delete();
        client.close();
    }
}
