package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The application of the how-to pages and its PostgreSQL, in a namespace. Its image is made by {@code testbed/test-images}. */
final class Shop {

    static final String V1 = "registry.example.com/shop:v1";
    static final String V2 = "registry.example.com/shop:v2";
    static final String V3 = "registry.example.com/shop:v3";

    private static final String DATABASE = """
            apiVersion: v1
            kind: Service
            metadata: {name: postgres}
            spec:
              selector: {app: postgres}
              ports: [{port: 5432}]
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: postgres}
            spec:
              selector: {matchLabels: {app: postgres}}
              template:
                metadata: {labels: {app: postgres}}
                spec:
                  containers:
                  - name: postgres
                    image: postgres:15
                    env:
                    - {name: POSTGRES_USER, value: shop}
                    - {name: POSTGRES_PASSWORD, value: not-a-secret}
                    readinessProbe:
                      exec: {command: [pg_isready, --host=127.0.0.1, --username=shop]}
                      periodSeconds: 1
            """;

    private final TestNamespace namespace;

    private Shop(TestNamespace namespace) {
        this.namespace = namespace;
    }

    /** Starts the database; its superuser is the application's role, if nothing else is said. */
    static Shop in(TestNamespace namespace) {
        namespace.apply(DATABASE, secret("shop-database", "shop"));
        namespace.await(() -> assertThat(namespace.pods("postgres"))
                .singleElement()
                .satisfies(pod -> assertThat(pod.getStatus().getConditions())
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"))));
        return new Shop(namespace);
    }

    /** What a container needs to reach the database, as {@code envFrom}. */
    static String secret(String name, String user) {
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s}
                stringData: {PGHOST: postgres, PGDATABASE: shop, PGUSER: %s, PGPASSWORD: not-a-secret}
                """.formatted(name, user);
    }

    /** Rolls out a version. */
    void deploy(String image) {
        namespace.apply(deployment(image));
    }

    /** The application in a version. */
    static String deployment(String image) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: shop}
                spec:
                  selector: {matchLabels: {app: shop}}
                  template:
                    metadata: {labels: {app: shop}}
                    spec:
                      terminationGracePeriodSeconds: 5
                      containers:
                      - name: shop
                        image: %s
                        envFrom: [{secretRef: {name: shop-database}}]
                """.formatted(image);
    }

    /** Rolls out a version and waits until it serves. */
    void release(String image) {
        deploy(image);
        namespace.awaitReady("shop", image);
        namespace.awaitRunning("shop", image, 1);
        namespace.await(() -> assertThat(namespace.pods("shop")).hasSize(1));
    }

    /** A query's rows, the fields separated by bars. */
    List<String> ask(String sql) {
        return ask(sql, TestNamespace.PATIENCE);
    }

    private List<String> ask(String sql, Duration patience) {
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        var pod = namespace.pods("postgres").getFirst();
        try (var psql = psql(pod, sql, output, errors)) {
            var exitCode = psql.exitCode().get(patience.toSeconds(), TimeUnit.SECONDS);
            assertThat(exitCode).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        } catch (InterruptedException
                | java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("psql does not answer", e);
        }
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Reads a table and keeps it locked against changes of its columns, until somebody ends the session. */
    CompletableFuture<?> read(String table) {
        return CompletableFuture.runAsync(() -> ask(
                "begin; lock table " + table + " in access share mode; select pg_sleep(600)", Duration.ofMinutes(11)));
    }

    /** Ends the sessions that read a table. */
    void endReaders(String table) {
        ask("select pg_terminate_backend(pid) from pg_locks where relation = '" + table
                + "'::regclass and mode = 'AccessShareLock' and pid <> pg_backend_pid()");
    }

    private ExecWatch psql(Pod pod, String sql, ByteArrayOutputStream output, ByteArrayOutputStream errors) {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withName(pod.getMetadata().getName())
                .writingOutput(output)
                .writingError(errors)
                .exec("psql", "--username=shop", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAtc", sql);
    }

    List<String> columns(String table) {
        return ask("select column_name from information_schema.columns where table_name = '" + table
                + "' order by ordinal_position");
    }
}
