package com.example.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

/** The number of the newest migration; 0 before the first. */
final class SchemaVersion {

    private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");

    private SchemaVersion() {}

    /** What a version of the shop needs: the newest migration in its image. */
    static int neededBy(Path migrations) {
        try (var files = Files.list(migrations)) {
            return files.map(file -> MIGRATION.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches())
                    .mapToInt(name -> Integer.parseInt(name.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a database has: the newest migration that Flyway has recorded as successful. */
    static int of(Connection database) throws SQLException {
        try (var statement = database.createStatement()) {
            var exists = statement.executeQuery("select to_regclass('public.flyway_schema_history') is not null");
            exists.next();
            if (!exists.getBoolean(1)) {
                return 0;
            }
            var newest = statement.executeQuery(
                    "select coalesce(max(version::integer), 0) from flyway_schema_history where success");
            newest.next();
            return newest.getInt(1);
        }
    }
}
