package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationIT {

    private static final String HISTORY = "select version, success from flyway_schema_history order by installed_rank";
    private static final String RUNS =
            "select version, pod, outcome, ended >= started from ledger.shop_migration_runs order by id";

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void an_empty_database() throws Exception {
        database = Database.create();
    }

    @Test
    void version_1_makes_the_products_and_writes_down_its_run() throws Exception {
        migrate(1);

        assertThat(database.rows("select count(*) from products")).containsExactly("5000");
        assertThat(database.rows(HISTORY)).containsExactly("1 t");
        assertThat(database.rows(RUNS)).containsExactly("v1 pod-of-v1 succeeded t");
    }

    @Test
    void version_2_keeps_every_product_and_gives_it_a_slug() throws Exception {
        migrate(1);
        database.rows("insert into products (name, price_cents) values (' Crème & Brûlée ', 450) returning id");
        var before = database.rows("select id, name, price_cents from products order by id");

        migrate(2);

        assertThat(database.rows("select id, name, price_cents from products order by id"))
                .isEqualTo(before)
                .hasSize(5001);
        assertThat(database.rows("select count(*) from products where slug is null"))
                .containsExactly("0");
        assertThat(database.rows("select slug from products where id in (1, 5001) order by id"))
                .containsExactly("product-no-1", "crème-brûlée");
        assertThat(database.rows(HISTORY)).containsExactly("1 t", "2 t");
        assertThat(database.rows(RUNS)).containsExactly("v1 pod-of-v1 succeeded t", "v2 pod-of-v2 succeeded t");
    }

    @Test
    void version_2_does_not_make_readers_wait() throws Exception {
        migrate(1);
        var slowly = new Migration(database.settingsOf(2, folder, "0.2"));
        int reads = 0;
        try (var reader = database.connect();
                var read = reader.createStatement()) {
            read.execute("set lock_timeout = '1s'");

            var migration = CompletableFuture.runAsync(slowly::run);
            while (!migration.isDone()) {
                read.executeQuery("select count(name) from products");
                reads++;
            }
            migration.join();
        }
        assertThat(reads).isGreaterThan(10);
        assertThat(database.rows(HISTORY)).containsExactly("1 t", "2 t");
    }

    @Test
    void version_3_fails_and_leaves_the_schema_of_version_2() throws Exception {
        migrate(2);

        assertThatThrownBy(() -> migrate(3))
                .isInstanceOf(ShopException.class)
                .hasMessage("shop v3: the migration has failed: ERROR: column \"tax_rate\" does not exist");

        assertThat(database.rows(HISTORY)).containsExactly("1 t", "2 t");
        assertThat(database.rows("select column_name from information_schema.columns"
                        + " where table_name = 'products' order by ordinal_position"))
                .containsExactly("id", "name", "price_cents", "slug");
        assertThat(database.rows(RUNS)).containsExactly("v2 pod-of-v2 succeeded t", "v3 pod-of-v3 failed t");
    }

    @Test
    void a_second_run_is_written_down_too_but_changes_nothing() throws Exception {
        migrate(1);
        migrate(1);

        assertThat(database.rows(HISTORY)).containsExactly("1 t");
        assertThat(database.rows(RUNS)).hasSize(2);
    }

    @Test
    void version_1_finds_nothing_to_do_in_the_schema_of_version_2() throws Exception {
        migrate(2);
        migrate(1);

        assertThat(database.rows(HISTORY)).containsExactly("1 t", "2 t");
    }

    private void migrate(int version) throws Exception {
        new Migration(database.settingsOf(version, folder)).run();
    }
}
