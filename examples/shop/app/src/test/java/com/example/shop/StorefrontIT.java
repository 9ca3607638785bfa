package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorefrontIT {

    private static final String STARTS =
            "select version, pod, schema_seen, schema_needed, schema_there from ledger.shop_starts order by id";

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void an_empty_database() throws Exception {
        database = Database.create();
    }

    @Test
    void an_unmigrated_database_is_refused_and_the_start_written_down() throws Exception {
        var settings = database.settingsOf(1, folder);

        assertThatThrownBy(() -> Storefront.open(settings))
                .isInstanceOf(ShopException.class)
                .hasMessage("shop v1 needs schema 1, but the database has schema 0: run \"shop migrate\" first");

        assertThat(database.rows(STARTS)).containsExactly("v1 pod-of-v1 0 1 f");
    }

    @Test
    void version_2_refuses_the_schema_of_version_1() throws Exception {
        new Migration(database.settingsOf(1, folder)).run();
        var settings = database.settingsOf(2, folder);

        assertThatThrownBy(() -> Storefront.open(settings)).hasMessageContaining("needs schema 2");

        assertThat(database.rows(STARTS)).containsExactly("v2 pod-of-v2 1 2 f");
    }

    @Test
    void every_version_serves_the_schema_it_needs() throws Exception {
        new Migration(database.settingsOf(2, folder)).run();

        try (var shop = Storefront.open(database.settingsOf(2, folder))) {
            assertThat(get(shop, "/healthz").body()).isEqualTo("schema 2\n");
            assertThat(get(shop, "/").headers().firstValue("Shop-Version")).contains("v2");
            assertThat(get(shop, "/").body())
                    .contains("shop v2, pod pod-of-v2")
                    .contains("5000 products")
                    .contains("/products/product-no-5000");
        }
        assertThat(database.rows(STARTS)).containsExactly("v2 pod-of-v2 2 2 t");
    }

    @Test
    void version_1_goes_on_serving_when_the_schema_of_version_2_is_there() throws Exception {
        new Migration(database.settingsOf(1, folder)).run();

        try (var shop = Storefront.open(database.settingsOf(1, folder))) {
            new Migration(database.settingsOf(2, folder)).run();

            assertThat(get(shop, "/").statusCode()).isEqualTo(200);
            assertThat(get(shop, "/").body()).contains("/products/5000");
        }
    }

    @Test
    void a_page_that_cannot_be_made_is_an_error() throws Exception {
        new Migration(database.settingsOf(1, folder)).run();

        try (var shop = Storefront.open(database.settingsOf(1, folder))) {
            try (var connection = database.connect();
                    var statement = connection.createStatement()) {
                statement.execute("drop table products");
            }
            assertThat(get(shop, "/").statusCode()).isEqualTo(500);
            assertThat(get(shop, "/").body()).contains("relation \"products\" does not exist");
        }
    }

    @Test
    void a_database_that_cannot_be_reached_is_told() {
        var status = Shop.run(
                Map.of(
                        "SHOP_VERSION", "v1",
                        "SHOP_MIGRATIONS", "migrations",
                        "DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/shop",
                        "DATABASE_USER", "shop",
                        "DATABASE_PASSWORD", "shop"),
                "serve");

        assertThat(status).isEqualTo(1);
    }

    private static HttpResponse<String> get(Storefront shop, String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + shop.port() + path);
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }
}
