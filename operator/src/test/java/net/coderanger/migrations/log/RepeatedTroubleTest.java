package net.coderanger.migrations.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often is trouble told that does not end? */
class RepeatedTroubleTest {

    @Test
    void once_a_minute() {
        // Given
        var repeated = new RepeatedTrouble();
        // Then
        assertThat(repeated.has(at("10:00:00"))).isFalse();
        assertThat(repeated.has(at("10:00:01"))).isTrue();
        assertThat(repeated.has(at("10:00:59"))).isTrue();
        assertThat(repeated.has(at("10:01:01"))).isFalse();
        assertThat(repeated.has(at("10:01:02"))).isTrue();
    }

    private static LogLine at(String time) {
        return new LogLine(
                Instant.parse("2026-01-01T" + time + "Z"),
                Level.WARN,
                "Somebody",
                "It has failed",
                Map.of("migrator", "web"),
                Optional.of("refused"),
                Optional.empty());
    }
}
