package net.coderanger.migrations.api;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Renders the reference of the API: tables of the spec's and the status's fields that are ours, and of control annotations. */
final class FieldReference {

    private FieldReference() {}

    static String markdown(CustomResourceDefinition crd) {
        var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        return """
                # Migrator

                `apiVersion: %s/%s`, `kind: Migrator`, short name `mig`. %s
                Made from the classes by `mvn test -Dgenerate`; do not edit.

                ## spec

                %s
                ## status

                %s
                ## Control annotations

                By an annotation on the Migrator somebody asks the operator to do something now: `kubectl annotate --overwrite migrator NAME KEY=VALUE`. A value is answered
                once; a new value is a new request, so take the date and time, or a ticket's number, where no revision is asked for. Beside each annotation the
                operator writes who has set it, in `KEY-by`; nobody else can. [Who may do what](../security.md#approvals-and-other-requests).

                %s""".formatted(
                        crd.getSpec().getGroup(),
                        crd.getSpec().getVersions().getFirst().getName(),
                        schema.getDescription(),
                        table(property(schema, "spec")),
                        table(property(schema, "status")),
                        controls());
    }

    private static String controls() {
        return "| annotation | value | right that it takes | meaning |\n| --- | --- | --- | --- |\n"
                + Arrays.stream(ControlAnnotation.values())
                        .map(control -> "| `%s` | %s | %s | %s |\n"
                                .formatted(
                                        control.key(),
                                        control.namesRevision() ? "`<revision> [<words>]`" : "any text",
                                        switch (control.right()) {
                                            case Approve -> "`approve` on the Migrator";
                                            case CreateJobs -> "`create` on `jobs.batch`";
                                        },
                                        control.meaning()))
                        .collect(Collectors.joining());
    }

    static JSONSchemaProps property(JSONSchemaProps object, String name) {
        return Objects.requireNonNull(object.getProperties().get(name), name);
    }

    /** The paths of an object's fields that are ours, a list's with {@code []}. */
    static Set<String> fields(JSONSchemaProps object) {
        return rows(object).keySet();
    }

    private static String table(JSONSchemaProps object) {
        return "| field | type | default | meaning |\n| --- | --- | --- | --- |\n"
                + rows(object).values().stream().collect(Collectors.joining());
    }

    private static Map<String, String> rows(JSONSchemaProps object) {
        var rows = new TreeMap<String, String>(Comparator.naturalOrder());
        collect("", object, rows);
        return rows;
    }

    private static void collect(String path, JSONSchemaProps object, Map<String, String> rows) {
        if (object.getProperties() == null) {
            return;
        }
        object.getProperties().forEach((name, field) -> {
            if (field.getDescription() == null) {
                return; // a field of a type of Kubernetes' own: its reference describes it
            }
            var here = path + name;
            var required = object.getRequired() != null && object.getRequired().contains(name);
            rows.put(here, row(here, field, required));
            collect(here + ".", field, rows);
            if (field.getItems() != null && field.getItems().getSchema() != null) {
                collect(here + "[].", field.getItems().getSchema(), rows);
            }
        });
    }

    private static String row(String path, JSONSchemaProps field, boolean required) {
        var standard = required
                ? "*required*"
                : Objects.toString(field.getDefault(), "").replace("\"", "");
        return "| `%s` | %s | %s | %s |\n"
                .formatted(path, type(field), standard, field.getDescription().replace("|", "\\|"));
    }

    private static String type(JSONSchemaProps field) {
        if (field.getEnum() != null && !field.getEnum().isEmpty()) {
            return field.getEnum().stream()
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        return switch (field.getType()) {
            case "array" ->
                "list of "
                        + List.of(field.getItems().getSchema().getType().split(","))
                                .getFirst();
            case "object" -> field.getAdditionalProperties() == null ? "object" : "map";
            case String type -> type;
        };
    }
}
