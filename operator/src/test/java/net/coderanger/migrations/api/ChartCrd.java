package net.coderanger.migrations.api;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The CRD that the chart installs. */
final class ChartCrd {

    static final Path FILE =
            Path.of("..", "helm", "migrations-operator", "files", "crds", "migrators.migrations.coderanger.net.yaml");

    private ChartCrd() {}

    static JSONSchemaProps schema() {
        try {
            return new KubernetesSerialization()
                    .unmarshal(Files.readString(FILE), CustomResourceDefinition.class)
                    .getSpec()
                    .getVersions()
                    .getFirst()
                    .getSchema()
                    .getOpenAPIV3Schema();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The paths of all fields of the spec that are ours, a list's with {@code []}. */
    static Set<String> specFields() {
        return FieldReference.fields(FieldReference.property(schema(), "spec"));
    }
}
