package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.NullUnmarked;

/**
 * Says which pods must not start before their database migration has succeeded, and how that migration is run.
 *
 * <p>Group, version and the first eight fields of the spec are those of {@code coderanger/migrations-operator}.
 */
@Group(Migrator.GROUP)
@Version("v1beta1")
@ShortNames("mig")
@Categories("all")
@AdditionalPrinterColumn(
        name = "Revision",
        jsonPath = ".status.desiredRevision",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Step", jsonPath = ".status.run.step", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Waiting",
        jsonPath = ".status.waitingPods",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = AdditionalPrinterColumn.Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@NullUnmarked
public final class Migrator extends CustomResource<MigratorSpec, MigratorStatus> implements Namespaced {

    public static final String GROUP = "migrations.coderanger.net";

    private static final long serialVersionUID = 1L;

    @Override
    @Required
    @JsonPropertyDescription("Which pods are held back, and how their migration is run.")
    public MigratorSpec getSpec() {
        return super.getSpec();
    }

    /** A record has no constructor without arguments, so the client must not try to make an empty one. */
    @Override
    protected MigratorSpec initSpec() {
        return null;
    }

    @Override
    protected MigratorStatus initStatus() {
        return null;
    }
}
