package com.example.shop;

import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the database to the schema that this version needs. */
final class Migration {

    private final Settings settings;

    Migration(Settings settings) {
        this.settings = settings;
    }

    void run() {
        try {
            var ledger = Ledger.open(settings);
            var run = ledger.migrationStarts();
            try {
                flyway().migrate();
            } catch (FlywayException e) {
                ledger.migrationEnds(run, "failed");
                throw failed(e);
            }
            ledger.migrationEnds(run, "succeeded");
        } catch (SQLException e) {
            throw new ShopException(
                    "shop " + settings.version() + ": the database cannot be used: " + e.getMessage(), e);
        }
        System.out.println("shop " + settings.version() + ": the database has schema "
                + SchemaVersion.neededBy(settings.migrations()));
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(settings.databaseUrl(), settings.user(), settings.password())
                .locations("filesystem:" + settings.migrations())
                .placeholders(Map.of("pause", settings.backfillPause()))
                .load();
    }

    /** The database's own words come last: a person who reads the end of a log should find the cause there. */
    private ShopException failed(FlywayException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        var words = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new ShopException("shop " + settings.version() + ": the migration has failed: " + words, e);
    }
}
