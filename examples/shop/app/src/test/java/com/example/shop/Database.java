package com.example.shop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A database of its own for one test, on a PostgreSQL that all tests share. */
record Database(String url) {

    private static final String USER = "shop";
    private static final PostgreSQLContainer POSTGRES =
            new PostgreSQLContainer("postgres:15").withUsername(USER).withPassword(USER);

    static {
        POSTGRES.start();
    }

    static Database create() throws SQLException {
        var name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (var connection = DriverManager.getConnection(POSTGRES.getJdbcUrl(), USER, USER);
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return new Database("jdbc:postgresql://%s:%d/%s"
                .formatted(POSTGRES.getHost(), POSTGRES.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT), name));
    }

    /** What a pod of that version has in its environment, with the migrations that its image carries. */
    Settings settingsOf(int version, Path folder) throws Exception {
        return settingsOf(version, folder, "0");
    }

    Settings settingsOf(int version, Path folder, String backfillPause) throws Exception {
        var migrations = Files.createDirectories(folder.resolve("v" + version));
        try (var files = Files.list(Path.of("migrations"))) {
            for (var file : (Iterable<Path>) files::iterator) {
                var name = file.getFileName().toString();
                var target = migrations.resolve(name);
                if (Integer.parseInt(name.substring(1, name.indexOf('_'))) <= version && Files.notExists(target)) {
                    Files.copy(file, target);
                }
            }
        }
        return new Settings("v" + version, migrations, url, USER, USER, "pod-of-v" + version, 0, backfillPause);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, USER, USER);
    }

    /** The rows of a query, their columns separated by spaces. */
    List<String> rows(String sql) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<String>();
            while (result.next()) {
                var columns = new ArrayList<String>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    columns.add(result.getString(column));
                }
                rows.add(String.join(" ", columns));
            }
            return rows;
        }
    }
}
