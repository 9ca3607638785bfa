package net.coderanger.migrations.log;

import java.util.Optional;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.RunStatus;
import org.slf4j.spi.LoggingEventBuilder;

/** The fields that every line about a Migrator has, whoever writes it: by them all that happened to one is found. */
public final class MigratorFields {

    public static final String NAMESPACE = "namespace";
    public static final String MIGRATOR = "migrator";
    public static final String RUN = "run";
    public static final String STEP = "step";

    private MigratorFields() {}

    /** Adds to a line which Migrator it is about, and the run and step that are going on. */
    public static LoggingEventBuilder add(LoggingEventBuilder line, Migrator migrator) {
        var run = Optional.ofNullable(migrator.getStatus()).map(MigratorStatus::run);
        return add(line, migrator, run.map(RunStatus::id), run.map(RunStatus::step));
    }

    /** The same for a run and step that the Migrator's status does not show. */
    public static LoggingEventBuilder add(
            LoggingEventBuilder line, Migrator migrator, Optional<String> run, Optional<String> step) {
        return line.addKeyValue(NAMESPACE, migrator.getMetadata().getNamespace())
                .addKeyValue(MIGRATOR, migrator.getMetadata().getName())
                .addKeyValue(RUN, run.orElse(null))
                .addKeyValue(STEP, step.orElse(null));
    }
}
