package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final Map<String, String> LEAST = Map.of(
            "SHOP_VERSION", "v9",
            "SHOP_MIGRATIONS", "/app/migrations",
            "DATABASE_URL", "jdbc:postgresql://postgres/shop",
            "DATABASE_USER", "shop",
            "DATABASE_PASSWORD", "secret");

    @Test
    void what_is_not_set_has_a_default() {
        assertThat(Settings.from(LEAST))
                .isEqualTo(new Settings(
                        "v9",
                        Path.of("/app/migrations"),
                        "jdbc:postgresql://postgres/shop",
                        "shop",
                        "secret",
                        "unknown",
                        8080,
                        "1"));
    }

    @Test
    void everything_can_be_set() {
        var environment = new HashMap<>(LEAST);
        environment.putAll(Map.of("HOSTNAME", "shop-0", "PORT", "0", "SHOP_BACKFILL_PAUSE", "0.1"));

        var settings = Settings.from(environment);

        assertThat(settings.pod()).isEqualTo("shop-0");
        assertThat(settings.port()).isZero();
        assertThat(settings.backfillPause()).isEqualTo("0.1");
    }

    @Test
    void what_has_no_default_is_asked_for_by_name() {
        var environment = new HashMap<>(LEAST);
        environment.remove("DATABASE_URL");

        assertThatThrownBy(() -> Settings.from(environment)).hasMessage("DATABASE_URL is not set");
    }

    @Test
    void an_unknown_command_is_wrong_usage() {
        assertThat(Shop.run(LEAST)).isEqualTo(2);
        assertThat(Shop.run(LEAST, "sell")).isEqualTo(2);
        assertThat(Shop.run(LEAST, "visit")).isEqualTo(2);
    }
}
