package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.coderanger.migrations.helm.ValuesSchema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is made from the classes is what is committed. {@code mvn test -Dgenerate} writes it anew. */
@ResourceLock("values.schema.json")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomResourceDefinitionTest {

    private static final Path MIGRATOR_CHART_SCHEMA = Path.of("..", "helm", "migrator", "values.schema.json");
    private static final Path REFERENCE = Path.of("..", "docs", "reference", "migrator.md");

    /** The generator sorts columns by path; people read them in this order. */
    private static final List<String> COLUMNS =
            List.of("Revision", "Phase", "Step", "Ready", "Waiting", "Message", "Age");

    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private CustomResourceDefinition generated = new CustomResourceDefinition();

    @BeforeAll
    void generate(@TempDir Path folder) throws IOException {
        new CRDGenerator()
                .customResourceClasses(Migrator.class)
                .inOutputDir(folder.toFile())
                .generate();
        generated = serialization.unmarshal(
                Files.readString(folder.resolve("migrators.migrations.coderanger.net-v1.yml")),
                CustomResourceDefinition.class);
        generated.getSpec().getVersions().forEach(CustomResourceDefinitionTest::complete);
    }

    @Test
    void the_chart_has_the_crd_that_the_classes_make() throws IOException {
        assertCommitted(
                ChartCrd.FILE, "# Made from the classes of operator/…/api by `mvn test -Dgenerate`.\n" + yaml());
    }

    /** What the API server stores otherwise than it was sent is in the way of the next one who applies the CRD server-side. */
    @Test
    void nothing_in_the_crd_is_stored_otherwise_than_it_is_written() {
        var yaml = yaml();

        assertThat(yaml).as("sample of what is looked at").contains("minimum: 1\n", "priority: 1\n");
        assertThat(yaml).as("numbers are stored as integers, if they are").doesNotContainPattern(": -?[0-9]+\\.0\\s");
        assertThat(yaml).as("is left out by the API server").doesNotContain("priority: 0");
    }

    @Test
    void the_reference_describes_the_fields_that_the_classes_have() throws IOException {
        assertCommitted(REFERENCE, FieldReference.markdown(generated));
    }

    @Test
    void the_chart_for_applications_takes_every_field_of_the_spec() throws IOException {
        var spec = new ObjectMapper()
                .valueToTree(asStored(serialization.convertValue(generated, Map.class)))
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        assertCommitted(
                MIGRATOR_CHART_SCHEMA,
                ValuesSchema.of(MIGRATOR_CHART_SCHEMA)
                        .with("spec", SpecSchema.of((ObjectNode) spec))
                        .text());
    }

    /** Clients that apply the whole CRD by {@code kubectl apply} keep a copy of it in an annotation of at most 256 KiB. */
    @Test
    void the_crd_is_small_enough_for_client_side_apply() {
        assertThat(serialization.asJson(generated).length()).isLessThan(200_000);
    }

    /** What the generator has no annotation for. */
    private static void complete(CustomResourceDefinitionVersion version) {
        version.setAdditionalPrinterColumns(version.getAdditionalPrinterColumns().stream()
                .sorted(Comparator.comparingInt(CustomResourceDefinitionTest::place))
                .toList());
        version.getAdditionalPrinterColumns().stream()
                .filter(column -> column.getPriority() == 0)
                .forEach(column -> column.setPriority(null));
        var schema = version.getSchema().getOpenAPIV3Schema();
        schema.setDescription(
                "Says which pods must not start before their database migration has succeeded, and how that migration is run.");
        schema.setRequired(List.of("spec"));
        var spec = FieldReference.property(schema, "spec");
        List.of("selector", "templateSelector").forEach(name -> restrictOperators(FieldReference.property(spec, name)));
        Stream.of("before", "after")
                .map(steps -> entry(spec, steps))
                .forEach(step -> requireNames(entry(step, "env"), "name"));
        Stream.of("onFailure", "down")
                .map(step -> FieldReference.property(spec, step))
                .forEach(step -> requireNames(entry(step, "env"), "name"));
        var job = FieldReference.property(spec, "job");
        requireNames(entry(job, "env"), "name");
        requireNames(entry(job, "volumes"), "name");
        requireNames(entry(job, "volumeMounts"), "name", "mountPath");
        // An atomic list would be replaced as a whole by who applies it, and with it the defaults in its items: a diff
        // for ever.
        List.of("before", "after").forEach(steps -> keyed(FieldReference.property(spec, steps), "name"));
        keyed(FieldReference.property(FieldReference.property(schema, "status"), "conditions"), "type");
    }

    private static void keyed(JSONSchemaProps list, String key) {
        list.setXKubernetesListType("map");
        list.setXKubernetesListMapKeys(List.of(key));
    }

    private String yaml() {
        return serialization.asYaml(asStored(serialization.convertValue(generated, Map.class)));
    }

    /** The client's classes have limits as floating-point numbers. */
    private static Object asStored(Object node) {
        if (node instanceof Map<?, ?> map) {
            var stored = new LinkedHashMap<Object, Object>();
            map.forEach((key, value) -> stored.put(key, asStored(value)));
            return stored;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(CustomResourceDefinitionTest::asStored).toList();
        }
        return node instanceof Double number && number == Math.rint(number) ? number.longValue() : node;
    }

    private static void restrictOperators(JSONSchemaProps selector) {
        var expression =
                FieldReference.property(selector, "matchExpressions").getItems().getSchema();
        FieldReference.property(expression, "operator")
                .setEnum(Stream.of("In", "NotIn", "Exists", "DoesNotExist")
                        .<JsonNode>map(TextNode::valueOf)
                        .toList());
    }

    /** A Job without them would be refused by the API server, in the middle of a run. */
    private static void requireNames(JSONSchemaProps entry, String... names) {
        entry.setRequired(List.of(names));
        List.of(names).forEach(name -> FieldReference.property(entry, name).setMinLength(1L));
    }

    private static JSONSchemaProps entry(JSONSchemaProps parent, String list) {
        return FieldReference.property(parent, list).getItems().getSchema();
    }

    private static int place(CustomResourceColumnDefinition column) {
        assertThat(COLUMNS).contains(column.getName());
        return COLUMNS.indexOf(column.getName());
    }

    private static void assertCommitted(Path file, String content) throws IOException {
        if (System.getProperty("generate") != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        }
        assertThat(file)
                .as("out of date: run mvn test -Dgenerate, look at the difference, and commit it")
                .content()
                .isEqualTo(content);
    }
}
