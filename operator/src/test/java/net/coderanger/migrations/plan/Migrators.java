package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorSpec;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.Outcome;
import org.jspecify.annotations.Nullable;

/** Migrators, written as users write them: the lines of their spec. */
final class Migrators {

    static final String NAME = "shop";
    static final String NAMESPACE = "prod";
    static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final Map<String, MigratorSpec> SPECS = new ConcurrentHashMap<>();

    private static final RecordComponent[] FIELDS = MigratorSpec.class.getRecordComponents();
    private static final Constructor<MigratorSpec> NEW_SPEC = newSpec();

    private Migrators() {}

    /** A Migrator that selects {@code app: shop} unless a line says otherwise. */
    static Migrator shop(String... specLines) {
        return named(NAME, specLines);
    }

    static Migrator named(String name, String... specLines) {
        var migrator = new Migrator();
        migrator.getMetadata().setName(name);
        migrator.getMetadata().setNamespace(NAMESPACE);
        migrator.getMetadata().setUid("uid-of-" + name);
        migrator.getMetadata().setGeneration(1L);
        migrator.getMetadata().setResourceVersion("1");
        migrator.setSpec(spec(specLines));
        return migrator;
    }

    static MigratorSpec spec(String... lines) {
        var yaml = String.join("\n", lines);
        return SPECS.computeIfAbsent(
                yaml.contains("selector:") ? yaml : "selector: {matchLabels: {app: shop}}\n" + yaml,
                text -> YAML.unmarshal(text, MigratorSpec.class));
    }

    static Migrator with(MigratorSpec spec) {
        var migrator = shop();
        migrator.setSpec(spec);
        return migrator;
    }

    /** A spec of which each line is one field: quick, for each line is read once. */
    static MigratorSpec merged(String lines) {
        var parts = lines.lines().map(Migrators::spec).toList();
        var values = Stream.of(FIELDS)
                .map(field -> parts.stream()
                        .map(part -> value(field, part))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null))
                .toArray();
        try {
            return NEW_SPEC.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object value(RecordComponent field, MigratorSpec spec) {
        try {
            return field.getAccessor().invoke(spec);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Constructor<MigratorSpec> newSpec() {
        try {
            return MigratorSpec.class.getDeclaredConstructor(
                    Stream.of(FIELDS).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same spec with what a history changes in it. */
    static MigratorSpec changed(
            MigratorSpec spec, @Nullable String approvedRevision, @Nullable String trigger, boolean suspend) {
        return new MigratorSpec(
                spec.selector(),
                spec.templateSelector(),
                spec.container(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.labels(),
                spec.annotations(),
                spec.gate(),
                spec.job(),
                spec.before(),
                spec.after(),
                spec.onFailure(),
                spec.down(),
                spec.approval(),
                approvedRevision,
                spec.retry(),
                trigger,
                spec.delivery(),
                suspend,
                spec.onNewRevision(),
                spec.onRollback(),
                spec.historyLimit(),
                spec.retention());
    }

    static Migrator copy(Migrator migrator) {
        var from = migrator.getMetadata();
        var copy = new Migrator();
        copy.setMetadata(new ObjectMeta());
        copy.getMetadata().setName(from.getName());
        copy.getMetadata().setNamespace(from.getNamespace());
        copy.getMetadata().setUid(from.getUid());
        copy.getMetadata().setGeneration(from.getGeneration());
        copy.getMetadata().setResourceVersion(from.getResourceVersion());
        copy.getMetadata().setLabels(from.getLabels());
        copy.getMetadata().setAnnotations(from.getAnnotations());
        copy.setSpec(migrator.getSpec());
        copy.setStatus(migrator.getStatus());
        return copy;
    }

    /** The same Migrator, its status as the API server would give it back. */
    static Migrator with(Migrator migrator, MigratorStatus status) {
        var copy = copy(migrator);
        copy.setStatus(YAML.convertValue(status, MigratorStatus.class));
        return copy;
    }

    static Migrator with(Migrator migrator, History history) {
        return with(
                migrator,
                new MigratorStatus(
                        1L,
                        null,
                        null,
                        history.lastSuccessfulMigration(),
                        null,
                        null,
                        List.of(),
                        history.entries(),
                        null,
                        null,
                        List.of()));
    }

    /** A run of a workload that has ended. */
    static HistoryEntry entry(String id, String revision, Outcome outcome) {
        return entry(id, revision, outcome, "Deployment/web");
    }

    static HistoryEntry entry(String id, String revision, Outcome outcome, String workload) {
        return new HistoryEntry(
                id,
                revision,
                revision,
                workload,
                NAME + "-" + id,
                outcome,
                "inputs",
                null,
                T0.minusSeconds(600).toString(),
                T0.minusSeconds(540).toString(),
                1,
                outcome == Outcome.Failed ? "container migrations ended with exit code 1" : null);
    }

    /** A run of spec.down that has succeeded. */
    static HistoryEntry down(String id, String from, String to) {
        var up = entry(id, to, Outcome.Succeeded);
        return new HistoryEntry(
                id,
                to,
                from,
                up.workload(),
                up.job(),
                up.outcome(),
                up.inputs(),
                null,
                up.startTime(),
                up.completionTime(),
                1,
                List.of(),
                null,
                from,
                null,
                null);
    }

    static <T> T yaml(String text, Class<T> type) {
        return YAML.unmarshal(text, type);
    }

    static String json(Object value) {
        return YAML.asJson(value);
    }
}
