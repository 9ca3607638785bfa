package com.example.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What the shop did, written down in the database itself, for the proofs of the demo. Each entry is a transaction of its
 * own, so it stays when a migration is rolled back, and all times are the database's, so they can be compared.
 */
final class Ledger {

    /** Any number; several pods may make the tables at the same moment. */
    private static final int LOCK = 7_304_811;

    private static final String TABLES = """
            create schema if not exists ledger;
            create table if not exists ledger.shop_migration_runs (
                id bigint generated always as identity primary key,
                version text not null,
                pod text not null,
                started timestamptz not null default now(),
                ended timestamptz,
                outcome text not null default 'running');
            create table if not exists ledger.shop_starts (
                id bigint generated always as identity primary key,
                version text not null,
                pod text not null,
                started timestamptz not null default now(),
                schema_seen integer not null,
                schema_needed integer not null,
                schema_there boolean generated always as (schema_seen >= schema_needed) stored);
            """;

    private final Settings settings;

    private Ledger(Settings settings) {
        this.settings = settings;
    }

    /** The ledger in that database; its tables are made if they are not there. */
    static Ledger open(Settings settings) throws SQLException {
        try (var connection = settings.connect()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
                statement.execute(TABLES);
            }
            connection.commit();
        }
        return new Ledger(settings);
    }

    /** Writes that a migration starts; returns the number of its entry. */
    long migrationStarts() throws SQLException {
        var sql = "insert into ledger.shop_migration_runs (version, pod) values (?, ?) returning id";
        try (var connection = settings.connect();
                var insert = said(connection, sql)) {
            var id = insert.executeQuery();
            id.next();
            return id.getLong(1);
        }
    }

    void migrationEnds(long id, String outcome) throws SQLException {
        var sql = "update ledger.shop_migration_runs set ended = now(), outcome = ? where id = ?";
        try (var connection = settings.connect();
                var update = connection.prepareStatement(sql)) {
            update.setString(1, outcome);
            update.setLong(2, id);
            update.executeUpdate();
        }
    }

    void serveStarts(int schemaSeen, int schemaNeeded) throws SQLException {
        var sql = "insert into ledger.shop_starts (version, pod, schema_seen, schema_needed) values (?, ?, ?, ?)";
        try (var connection = settings.connect();
                var insert = said(connection, sql)) {
            insert.setInt(3, schemaSeen);
            insert.setInt(4, schemaNeeded);
            insert.executeUpdate();
        }
    }

    private PreparedStatement said(Connection connection, String sql) throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setString(1, settings.version());
        statement.setString(2, settings.pod());
        return statement;
    }
}
