package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.coderanger.migrations.helm.ChartCopy;
import net.coderanger.migrations.helm.Helm;

/** The operator's Helm release on the testbed, with the values it was installed with. Closing it installs it again so. */
final class OperatorRelease implements AutoCloseable {

    static final String NAME = "migrations-operator";

    /** The chart as users get it. */
    static final Path CHART = Path.of("..", "helm", NAME);

    private static final String CRD = "files/crds/migrators.migrations.coderanger.net.yaml";
    private static final Pattern STEP = Pattern.compile("\\n *- jsonPath: \"\\.status\\.run\\.step\"\\n.*\\n.*");

    private final KubernetesClient admin = new KubernetesClientBuilder().build();
    private final Path values;

    private OperatorRelease(Path values) {
        this.values = values;
    }

    static OperatorRelease asInstalled() throws IOException {
        var values = Files.createTempFile("values", ".json");
        var release = new OperatorRelease(values);
        Files.writeString(
                values,
                release.run(Helm.HELM_4, "get", "values", NAME, "--output", "json")
                        .succeeded());
        return release;
    }

    /** The values, as JSON. */
    String values() throws IOException {
        return Files.readString(values);
    }

    /** Installs or upgrades it, and waits. */
    void install(Helm helm, String... options) {
        install(helm, CHART, options);
    }

    /** The same from another place. */
    void install(Helm helm, Path chart, String... options) {
        var arguments = Stream.of(
                "upgrade",
                "--install",
                NAME,
                chart.toString(),
                "--values",
                values.toString(),
                "--wait",
                "--timeout",
                "3m");
        run(helm, Stream.concat(arguments, Stream.of(options)).toArray(String[]::new))
                .succeeded();
    }

    void uninstall(Helm helm) {
        run(helm, "uninstall", NAME, "--wait", "--timeout", "3m").succeeded();
    }

    /** Has Helm know nothing of it any more, and leaves all that it has installed. */
    void forget() {
        admin.secrets()
                .inNamespace(NAME)
                .withLabels(Map.of("owner", "helm", "name", NAME))
                .delete();
    }

    /** Any command of Helm in the release's namespace. */
    Helm.Result run(Helm helm, String... arguments) {
        return helm.run(Stream.concat(Stream.of(arguments), Stream.of("--namespace", NAME))
                .toArray(String[]::new));
    }

    /** Names of its webhook configurations. */
    List<String> webhooks() {
        var names = new ArrayList<String>();
        var admission = admin.admissionRegistration().v1();
        admission
                .mutatingWebhookConfigurations()
                .list()
                .getItems()
                .forEach(each -> names.add(each.getMetadata().getName()));
        admission
                .validatingWebhookConfigurations()
                .list()
                .getItems()
                .forEach(each -> names.add(each.getMetadata().getName()));
        names.removeIf(name -> !name.equals(NAME));
        return names;
    }

    /** The chart of an older version: its kind did not have the printer column {@code Step}. */
    static ChartCopy older() throws IOException {
        var copy = ChartCopy.of(CHART);
        var crd = copy.chart().resolve(CRD);
        Files.writeString(crd, STEP.matcher(Files.readString(crd)).replaceFirst(""));
        var chart = copy.chart().resolve("Chart.yaml");
        Files.writeString(chart, Files.readString(chart).replaceFirst("\nversion: .*", "\nversion: 0.0.9"));
        return copy;
    }

    /** Names of the kind's printer columns, in the cluster. */
    List<String> columns() {
        return kind().require().getSpec().getVersions().getFirst().getAdditionalPrinterColumns().stream()
                .map(column -> column.getName())
                .toList();
    }

    /** Else whoever has applied it meanwhile, Argo CD for example, would be in Helm's way ever after. */
    private void onlyHelmHasWrittenTheKind() {
        var helms = kind().require().getMetadata().getManagedFields().stream()
                .filter(fields -> "helm".equals(fields.getManager()) || "status".equals(fields.getSubresource()))
                .toList();
        kind().patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        admin.getKubernetesSerialization().asJson(Map.of("metadata", Map.of("managedFields", helms))));
    }

    private Resource<CustomResourceDefinition> kind() {
        return admin.apiextensions().v1().customResourceDefinitions().withName("migrators.migrations.coderanger.net");
    }

    @Override
    public void close() throws IOException {
        install(Helm.HELM_4, "--take-ownership", "--server-side=true", "--force-conflicts");
        onlyHelmHasWrittenTheKind();
        Files.delete(values);
        admin.close();
    }
}
