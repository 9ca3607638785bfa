package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.Test;

/** The page about a failed migration: what it promises, and what one can do. */
@EndToEnd
class FailedMigrationE2E {

    private static final String MANIFEST = Page.named("failed-migration").yaml("kind: Migrator");

    @Test
    void a_failed_step_gets_further_jobs_later_and_later(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(MANIFEST.replace("[/app/migrate]", "[sh, -c, 'echo out of order; exit 3']"));

        // When
        shop.deploy(Shop.V1);

        // Then
        namespace.await(
                () -> assertThat(namespace.condition("shop", "Ready").reason()).isEqualTo("MigrationsRetrying"));
        assertThat(Objects.requireNonNull(namespace.status("shop").run()).nextAttemptTime())
                .isNotNull();
        namespace.awaitStalled("shop");
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(3));
        var starts = namespace.recorder().migrations().stream()
                .map(start -> Instant.parse(start.startedAt()))
                .sorted()
                .toList();
        assertThat(Duration.between(starts.get(0), starts.get(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(Duration.between(starts.get(1), starts.get(2))).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(namespace.status("shop").history().getFirst().attempts()).isEqualTo(3);

        // When
        namespace.annotate("shop", "retry", "1");

        // Then
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(4));
    }

    @Test
    void cancel_ends_the_process_with_its_grace_period(TestNamespace namespace) {
        // Given; the image's stop signal is PostgreSQL's, SIGINT
        var shop = Shop.in(namespace);
        namespace.apply(MANIFEST.replace(
                "[/app/migrate]",
                "[sh, -c, 'trap \"psql -c \\\"insert into ended values (1)\\\"; exit 9\" TERM INT;"
                        + " psql -c \"create table ended (id integer)\";"
                        + " PGAPPNAME=long psql -c \"select pg_sleep(600)\" & wait']"));
        shop.deploy(Shop.V1);
        var connections = "select count(*) from pg_stat_activity where application_name = 'long'";
        namespace.await(() -> assertThat(shop.ask(connections)).containsExactly("1"));

        // When
        namespace.annotate("shop", "cancel", "1");

        // Then
        namespace.awaitStalled("shop");
        assertThat(namespace.status("shop").history().getFirst().outcome()).isEqualTo(Outcome.Cancelled);
        assertThat(namespace.condition("shop", "Stalled").reason()).isEqualTo("MigrationsCancelled");
        assertThat(shop.ask("select count(*) from ended"))
                .as("the process was told, and had its time")
                .containsExactly("1");
        namespace.await(() -> assertThat(shop.ask(connections)).containsExactly("0"));
        assertThat(namespace.recorder().migrations()).hasSize(1);
        assertThat(namespace.recorder().applications(Shop.V1)).isEmpty();
    }

    @Test
    void what_was_done_by_hand_is_said_by_baseline(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(MANIFEST.replace("limit: 2", "limit: 0"));
        shop.release(Shop.V1);
        shop.release(Shop.V2);
        shop.deploy(Shop.V3);
        namespace.awaitStalled("shop");

        // When
        namespace.annotate("shop", "baseline", Shop.V3);

        // Then
        namespace.awaitRunning("shop", Shop.V3, 1);
        namespace.awaitReady("shop", Shop.V3);
        assertThat(namespace.status("shop").history())
                .extracting(HistoryEntry::outcome)
                .containsExactly(Outcome.Baseline, Outcome.Failed, Outcome.Succeeded, Outcome.Succeeded);
        assertThat(namespace.recorder().migrations(Shop.V3)).hasSize(1);
    }
}
