package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is shown of what migrations print. One test takes a right away from the operator: they run one after the other. */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
class OutputE2E {

    private static final String PASSWORD = "Tr0ub4dor&3/x";

    private static final String SECRET = """
            apiVersion: v1
            kind: Secret
            metadata: {name: db}
            stringData:
              password: "Tr0ub4dor&3/x"
              url: "postgres://shop:Tr0ub4dor%263%2Fx@db/shop"
            """;

    private static final String WITH_PASSWORD = """
            job:
              backoffLimit: 1
              env:
              - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
              volumes:
              - {name: db, secret: {secretName: db}}
              volumeMounts:
              - {name: db, mountPath: /db}
            """;

    private static final String LEAKY = "echo applying 2.sql; env | grep PASSWORD; cat /db/url; echo;"
            + " echo \"base64 $(printf %s \"$PASSWORD\" | base64)\";"
            + " echo \"ERROR: login as shop with $PASSWORD failed\"; echo cleaning up; ";

    @Test
    @DisplayName("a password that a migration prints stands nowhere, and the rest of the line does")
    void a_failed_migration_does_not_give_its_password_away(TestNamespace namespace) {
        // When
        namespace.apply(
                SECRET, migrator("web", "web", LEAKY + "exit 7", WITH_PASSWORD), deployment("web", "app:v1", 1));

        // Then
        namespace.awaitStalled("web");
        assertThat(namespace.condition("web", "Stalled").message())
                .contains("container migrations ended with exit code 7: ERROR: login as shop with [redacted] failed");
        assertThat(newest(namespace).output())
                .contains("PASSWORD=[redacted]\n", "base64 [redacted]\n")
                .endsWith("\nERROR: login as shop with [redacted] failed\ncleaning up");
        namespace.await(() -> assertThat(namespace.events("MigrationsFailed"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("login as shop with [redacted] failed")));
        assertThat(namespace.events("MigrationsRetrying")).isNotEmpty();
        try (var operator = new InstalledOperator()) {
            assertThat(operator.log()).contains(namespace.name(), "login as shop with [redacted] failed");
        }
        assertThat(everythingShown(namespace))
                .doesNotContain(PASSWORD)
                .doesNotContain("Tr0ub4dor")
                .doesNotContain(Base64.getEncoder().encodeToString(PASSWORD.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName("a password in what the runtime says of a command stands nowhere either")
    void a_command_that_cannot_be_started_does_not_give_its_password_away(TestNamespace namespace) {
        // When
        namespace.apply(
                SECRET,
                migrator("web", "web", "true", WITH_PASSWORD).replace("[sh, -c, 'true']", "[$(PASSWORD)]"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitStalled("web");
        assertThat(newest(namespace).message()).contains("ended with exit code 128", "exec", "[redacted]");
        assertThat(newest(namespace).output()).contains("exec", "[redacted]");
        assertThat(everythingShown(namespace)).doesNotContain("Tr0ub4dor");
    }

    @Test
    @DisplayName("the last lines of output outlive the Job of a migration that has succeeded")
    void a_success_is_remembered_with_its_last_lines(TestNamespace namespace) {
        // When
        namespace.apply(
                SECRET,
                migrator(
                        "web",
                        "web",
                        "for i in $(seq 300); do echo applied $i.sql; done; echo done with $PASSWORD",
                        WITH_PASSWORD + "retention: Never"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        assertThat(newest(namespace).output())
                .hasSize(HistoryEntry.MAX_OUTPUT)
                .startsWith("…")
                .endsWith("applied 299.sql\napplied 300.sql\ndone with [redacted]");
        assertThat(newest(namespace).message()).isNull();
    }

    @Test
    void a_migration_that_uses_no_secret_is_shown_as_it_is(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator("web", "web", "printf '\\033[32mall is \\033[1mwell\\033[0m\\n'"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.awaitReady("web", "app:v1");
        assertThat(newest(namespace).output()).isEqualTo("all is well");
    }

    @Test
    @DisplayName("without the right to read Secrets, what a migration that uses one prints is withheld")
    void without_the_right_to_read_secrets_output_is_withheld(TestNamespace namespace) {
        try (var operator = new InstalledOperator()) {
            // Given
            operator.mayNotReadSecrets();

            // When
            namespace.apply(
                    SECRET,
                    migrator("web", "web", LEAKY + "exit 7", WITH_PASSWORD),
                    deployment("web", "app:v1", 1),
                    migrator("worker", "worker", "echo no secret here"),
                    deployment("worker", "app:v2", 1));

            // Then
            namespace.awaitStalled("web");
            var withheld =
                    "output withheld: the operator may not read Secret db, which the Job uses; see kubectl logs job/"
                            + newest(namespace).job();
            assertThat(newest(namespace).message())
                    .isEqualTo("container migrations ended with exit code 7: " + withheld);
            assertThat(newest(namespace).output()).isEqualTo(withheld);
            namespace.awaitReady("worker", "app:v2");
            assertThat(namespace.status("worker").history().getFirst().output()).isEqualTo("no secret here");
            assertThat(everythingShown(namespace)).doesNotContain("Tr0ub4dor");
        }
    }

    @Test
    void what_a_migration_prints_is_withheld_when_its_secret_is_gone(TestNamespace namespace) {
        // Given
        namespace.apply(
                SECRET, migrator("web", "web", "sleep 5; " + LEAKY, WITH_PASSWORD), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace
                .client()
                .secrets()
                .inNamespace(namespace.name())
                .withName("db")
                .delete();

        // Then
        namespace.awaitReady("web", "app:v1");
        assertThat(newest(namespace).output())
                .startsWith("output withheld: Secret db, which the Job uses, is not what it was");
        assertThat(everythingShown(namespace)).doesNotContain("Tr0ub4dor");
    }

    @Test
    @DisplayName("a missing Secret is named, though nothing of it can be taken out")
    void a_missing_secret_is_still_named(TestNamespace namespace) {
        // When
        namespace.apply(
                migrator(
                        "web",
                        "web",
                        "true",
                        "job: {env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]}"),
                deployment("web", "app:v1", 1));

        // Then
        namespace.await(() -> assertThat(namespace.condition("web", "Ready").message())
                .contains("CreateContainerConfigError: secret \"db\" not found"));
    }

    private static HistoryEntry newest(TestNamespace namespace) {
        return namespace.status("web").history().getFirst();
    }

    /** All that the operator writes: Migrators, its events, Jobs, its own log. Kubelet's events and pods are not its own. */
    private static String everythingShown(TestNamespace namespace) {
        var client = namespace.client();
        var json = client.getKubernetesSerialization();
        var shown = new StringBuilder();
        client.resources(Migrator.class)
                .inNamespace(namespace.name())
                .list()
                .getItems()
                .forEach(migrator -> shown.append(json.asYaml(migrator.getStatus())));
        client.v1().events().inNamespace(namespace.name()).list().getItems().stream()
                .filter(event -> "migrations-operator".equals(event.getReportingComponent()))
                .forEach(event -> shown.append(json.asYaml(event)));
        namespace.jobs().forEach(job -> shown.append(json.asYaml(job)));
        try (var operator = new InstalledOperator()) {
            shown.append(operator.log());
        }
        return shown.toString();
    }
}
