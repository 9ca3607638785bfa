package net.coderanger.migrations.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the charts render, with each Helm, for the files in a chart's tests/values: as it stands in tests/golden, and as the API server
 * wants it. {@code -Dgenerate} writes the golden files anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@EnumSource(Helm.class)
class ChartsIT {

    private static final Path CHARTS = Path.of("..", "helm");
    private static final Path CRD =
            CHARTS.resolve("migrations-operator/files/crds/migrators.migrations.coderanger.net.yaml");
    private static final String CRD_KIND = "CustomResourceDefinition";

    /** Of other projects, which the testbed does not have. */
    private static final Set<String> FOREIGN = Set.of("Certificate", "PrometheusRule", "ServiceMonitor");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final ApiSchemas schemas = new ApiSchemas(client);

    @Parameter
    Helm helm = Helm.HELM_4;

    @BeforeAll
    void theKindIsThere() throws IOException {
        try (var crd = Files.newInputStream(CRD)) {
            client.load(crd).fieldManager("helm").forceConflicts().serverSideApply();
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> new ApiSchemas(client)
                        .has(new Manifest(JSON.readTree(
                                "{\"apiVersion\": \"migrations.coderanger.net/v1beta1\", \"kind\": \"Migrator\"}"))));
    }

    @AfterAll
    void close() {
        client.close();
    }

    static Stream<Path> valuesFiles() throws IOException {
        try (var files = Files.walk(CHARTS)) {
            return files.filter(file -> file.toString().contains("/tests/values/")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void lint_has_nothing_to_say(Path values) {
        var chart = chart(values);

        assertThat(helm.run("lint", "--strict", chart.toString(), "--values", values.toString())
                        .succeeded())
                .contains("1 chart(s) linted, 0 chart(s) failed");
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void values_render_what_they_are_known_to(Path values) throws IOException {
        var rendered = Manifest.text(rendered(values).stream()
                .filter(manifest -> !manifest.kind().equals(CRD_KIND))
                .toList());

        assertGolden(chart(values), values.getFileName().toString(), rendered);
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void whatever_is_rendered_is_as_the_api_server_wants_it(Path values) {
        assertThat(rendered(values)).allSatisfy(manifest -> {
            if (!FOREIGN.contains(manifest.kind())) {
                assertThat(schemas.problems(manifest)).isEmpty();
            }
        });
    }

    @Test
    void the_schemas_find_what_is_wrong() throws IOException {
        var wrong = new Manifest(JSON.readTree("""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x", "lables": {}}, "spec": {"ports": [{"port": "http"}]}}
                """));

        assertThat(schemas.problems(wrong))
                .anySatisfy(problem -> assertThat(problem).contains("lables"))
                .anySatisfy(problem -> assertThat(problem).contains("/spec/ports/0/port"));
    }

    @Test
    void the_crd_is_that_of_the_classes_and_is_kept() throws IOException {
        var rendered = helm.template("x", CHARTS.resolve("migrations-operator")).stream()
                .filter(manifest -> manifest.kind().equals(CRD_KIND))
                .toList();

        assertThat(rendered).singleElement().satisfies(crd -> {
            assertThat(crd.content().path("spec"))
                    .isEqualTo(Manifest.all(Files.readString(CRD))
                            .getFirst()
                            .content()
                            .path("spec"));
            assertThat(crd.content()
                            .at("/metadata/annotations")
                            .path("helm.sh/resource-policy")
                            .asText())
                    .isEqualTo("keep");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "migrations-operator, replicaz=2, replicaz",
        "migrations-operator, replicas=two, replicas",
        "migrations-operator, image.digest=latest, digest",
        "migrations-operator, webhook.timeoutSeconds=60, timeoutSeconds",
        "migrations-operator, webhook.certManager.enabled=true, issuerRef/name",
        "migrations-operator, resources.limits.memory=much, memory",
        "migrations-operator, alerts.thresholds.MigrationTakesTooLong=1, MigrationTakesTooLong",
        "migrations-operator, networkPolicy.apiServerPorts[0]=https, apiServerPorts",
        "migrations-operator, watchNamespaces[0]=Shop, watchNamespaces",
        "migrator, comand[0]=migrate, comand",
        "migrator, spec.comand[0]=migrate, comand",
        "migrator, spec.job.backofLimit=1, backofLimit",
        "migrator, spec.gate=Door, gate",
        "migrator, spec.retry.limit=often, limit",
        "migrator, spec.before[0].nam=backup, nam"
    })
    void wrong_values_are_refused_by_name(String chart, String value, String key) {
        var result = helm.run("template", "x", CHARTS.resolve(chart).toString(), "--set", value);

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains(key);
    }

    @Test
    void a_migrator_that_is_nobodys_dependency_asks_for_its_selector() {
        var result = helm.run("template", "x", CHARTS.resolve("migrator").toString());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains("spec.selector has to be set");
    }

    @Test
    void the_same_with_a_cluster_as_without() throws IOException {
        var values = CHARTS.resolve("migrator/tests/values/largest.yaml");
        var installed = helm.run(
                "install",
                "web",
                chart(values).toString(),
                "--values=" + values,
                "--namespace=default",
                "--dry-run=server",
                "--output=json");

        assertThat(Manifest.all(
                        JSON.readTree(installed.succeeded()).path("manifest").asText()))
                .isEqualTo(Manifest.all(helm.run(
                                "template",
                                "web",
                                chart(values).toString(),
                                "--values=" + values,
                                "--namespace=default")
                        .succeeded()));
    }

    @Test
    void the_example_gates_its_pods_by_the_migrator_that_selects_them() throws IOException {
        try (var copy = ChartCopy.of(Path.of("..", "examples", "helm"))) {
            helm.run("dependency", "update", copy.chart().toString()).succeeded();

            assertThat(helm.run("lint", "--strict", copy.chart().toString()).succeeded())
                    .contains("0 chart(s) failed");
            var rendered = helm.template("prod", copy.chart());
            assertThat(rendered)
                    .allSatisfy(
                            manifest -> assertThat(schemas.problems(manifest)).isEmpty());
            assertGolden(CHARTS.resolve("migrator"), "example.yaml", Manifest.text(rendered));
            assertThat(Manifest.text(helm.template("prod", copy.chart(), "--set=migrator.enabled=false")))
                    .doesNotContain("Migrator", "wait-for");
        }
    }

    @Test
    void a_parent_has_several_of_them_and_may_be_a_dependency_itself() throws IOException {
        try (var copy = ChartCopy.of(CHARTS.resolve("migrator/tests/umbrella"))) {
            helm.run("dependency", "update", copy.chart().resolve("shop").toString())
                    .succeeded();
            helm.run("dependency", "update", copy.chart().toString()).succeeded();

            var rendered = helm.template("prod", copy.chart());

            assertThat(rendered)
                    .allSatisfy(
                            manifest -> assertThat(schemas.problems(manifest)).isEmpty());
            assertGolden(CHARTS.resolve("migrator"), "umbrella.yaml", Manifest.text(rendered));
        }
    }

    private List<Manifest> rendered(Path values) {
        return helm.template("web", chart(values), "--values", values.toString());
    }

    private static Path chart(Path values) {
        return CHARTS.resolve(CHARTS.relativize(values).getName(0));
    }

    private static void assertGolden(Path chart, String name, String rendered) throws IOException {
        var golden = chart.resolve("tests/golden").resolve(name);
        if (System.getProperty("generate") != null) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, rendered);
        }
        assertThat(golden)
                .as("renders something else now: if that is meant, run with -Dgenerate and commit it")
                .content()
                .isEqualTo(rendered);
    }
}
