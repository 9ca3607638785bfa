package net.coderanger.migrations.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The charts as archives: the script that makes them, signed by a key that is thrown away, in the registry of the testbed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PackagesIT {

    private static final Path SCRIPT = Path.of("..", "helm", "package");
    private static final String SIGNER = "charts@example.com";
    private static final List<String> ARCHIVES = List.of("migrations-operator-1.2.3.tgz", "migrator-1.2.3.tgz");
    private static final Path CRD =
            Path.of("..", "helm/migrations-operator/files/crds/migrators.migrations.coderanger.net.yaml");

    /** In it GnuPG has a socket, whose path must not be long. */
    @TempDir
    static Path keys;

    @TempDir
    static Path signed;

    private final KubernetesClient client = new KubernetesClientBuilder().build();

    @BeforeAll
    void chartsAreSigned() throws IOException, InterruptedException {
        try (var crd = Files.newInputStream(CRD)) {
            client.load(crd).fieldManager("helm").forceConflicts().serverSideApply();
        }
        gpg("--passphrase", "", "--quick-generate-key", "Charts <" + SIGNER + ">", "ed25519", "sign", "never");
        gpg("--output", secretKeys(), "--export-secret-keys");
        gpg("--output", publicKeys(), "--export");
        packaged(SCRIPT, signed, "--sign", "--key", SIGNER, "--keyring", secretKeys());
    }

    @AfterAll
    void close() throws IOException, InterruptedException {
        run(Map.of("GNUPGHOME", keys.toString()), "gpgconf", "--kill", "all");
        client.close();
    }

    @Test
    void the_same_files_give_the_same_bytes(@TempDir Path first, @TempDir Path second)
            throws IOException, InterruptedException {
        try (var copy = ChartCopy.of(Path.of("..", "helm", "migrator"))) {
            // Given other dates
            var charts = Objects.requireNonNull(copy.chart().getParent());
            try (var files = Files.walk(charts)) {
                for (var file : files.toList()) {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
                }
            }

            // When
            packaged(SCRIPT, first);
            packaged(charts.resolve("package"), second);

            // Then
            for (var archive : ARCHIVES) {
                assertThat(first.resolve(archive)).hasSameBinaryContentAs(second.resolve(archive));
                assertThat(signed.resolve(archive)).hasSameBinaryContentAs(second.resolve(archive));
            }

            // When one byte is another
            Files.writeString(
                    charts.resolve("migrator/values.yaml"),
                    Files.readString(charts.resolve("migrator/values.yaml")) + "#");
            packaged(charts.resolve("package"), second);

            // Then
            assertThat(Files.mismatch(first.resolve(ARCHIVES.getLast()), second.resolve(ARCHIVES.getLast())))
                    .isNotEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void a_signature_holds_for_what_was_signed_only(Helm helm, @TempDir Path folder) throws IOException {
        // Given
        for (var archive : ARCHIVES) {
            for (var file : List.of(archive, archive + ".prov")) {
                Files.copy(signed.resolve(file), folder.resolve(file));
            }
        }

        // When, Then
        for (var archive : ARCHIVES) {
            assertThat(verify(helm, folder.resolve(archive)).succeeded()).contains("Signed by: Charts");
        }

        // When
        Files.copy(
                folder.resolve(ARCHIVES.getFirst()),
                folder.resolve(ARCHIVES.getLast()),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        // Then
        assertThat(verify(helm, folder.resolve(ARCHIVES.getLast())).exitCode()).isNotZero();
    }

    @ParameterizedTest
    @EnumSource(Helm.class)
    void a_chart_is_installed_from_a_registry_that_it_was_pushed_to(Helm helm) {
        // Given
        var name = "package-" + UUID.randomUUID().toString().substring(0, 8);
        var registry = "oci://" + System.getenv("TESTBED_REGISTRY") + "/" + name;
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        try {
            // When
            for (var archive : ARCHIVES) {
                helm.run("push", signed.resolve(archive).toString(), registry, "--plain-http")
                        .succeeded();
            }
            helm.run(Stream.of(
                                    "install shop",
                                    registry + "/migrator --version 1.2.3 --plain-http",
                                    "--verify --keyring " + publicKeys(),
                                    "--namespace " + name,
                                    "--set spec.selector.matchLabels.app=shop,spec.command[0]=migrate")
                            .flatMap(options -> Stream.of(options.split(" ")))
                            .toArray(String[]::new))
                    .succeeded();

            // Then
            assertThat(client.resources(Migrator.class).inNamespace(name).list().getItems())
                    .singleElement()
                    .satisfies(
                            migrator -> assertThat(migrator.getSpec().command()).containsExactly("migrate"));
            var operator = helm.run(
                            "template",
                            "operator",
                            registry + "/migrations-operator",
                            "--version",
                            "1.2.3",
                            "--plain-http",
                            "--verify",
                            "--keyring",
                            publicKeys())
                    .succeeded();
            assertThat(operator.substring(operator.indexOf("---")))
                    .contains("kind: Deployment")
                    .isEqualTo(helm.run(
                                    "template",
                                    "operator",
                                    signed.resolve(ARCHIVES.getFirst()).toString())
                            .succeeded());
        } finally {
            client.namespaces().withName(name).delete();
        }
    }

    private static Helm.Result verify(Helm helm, Path archive) {
        return helm.run("verify", archive.toString(), "--keyring", publicKeys());
    }

    private static String secretKeys() {
        return keys.resolve("secret-keys.gpg").toString();
    }

    private static String publicKeys() {
        return keys.resolve("public-keys.gpg").toString();
    }

    private static void gpg(String... arguments) throws IOException, InterruptedException {
        run(
                Map.of("GNUPGHOME", keys.toString()),
                Stream.concat(Stream.of("gpg", "--batch", "--quiet"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private static void packaged(Path script, Path folder, String... options) throws IOException, InterruptedException {
        var command = Stream.concat(
                Stream.of(script.toString(), folder.toString(), "--version", "1.2.3"), Stream.of(options));
        run(Map.of("SOURCE_DATE_EPOCH", "1700000000"), command.toArray(String[]::new));
    }

    private static void run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), said).isZero();
    }
}
