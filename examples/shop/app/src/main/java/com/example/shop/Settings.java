package com.example.shop;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says.
 *
 * @param version SHOP_VERSION, set in the image
 * @param migrations SHOP_MIGRATIONS, set in the image: the folder of this version's SQL migrations
 * @param databaseUrl DATABASE_URL, as JDBC wants it
 * @param user DATABASE_USER
 * @param password DATABASE_PASSWORD
 * @param pod HOSTNAME, which in Kubernetes is the pod's name
 * @param port PORT to serve on; 8080 if it is not set, 0 for any free one
 * @param backfillPause SHOP_BACKFILL_PAUSE: seconds between two batches of the backfill of version 2; 1 if it is not set
 */
record Settings(
        String version,
        Path migrations,
        String databaseUrl,
        String user,
        String password,
        String pod,
        int port,
        String backfillPause) {

    static Settings from(Map<String, String> environment) {
        return new Settings(
                required(environment, "SHOP_VERSION"),
                Path.of(required(environment, "SHOP_MIGRATIONS")),
                required(environment, "DATABASE_URL"),
                required(environment, "DATABASE_USER"),
                required(environment, "DATABASE_PASSWORD"),
                environment.getOrDefault("HOSTNAME", "unknown"),
                Integer.parseInt(environment.getOrDefault("PORT", "8080")),
                environment.getOrDefault("SHOP_BACKFILL_PAUSE", "1"));
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(databaseUrl, user, password);
    }

    private static String required(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new ShopException(name + " is not set"));
    }
}
