package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.Test;

/** The page about rolling back, on a real database. */
@EndToEnd
class RollbackE2E {

    private static final Page PAGE = Page.named("rollback");
    private static final Duration A_WHILE = Duration.ofSeconds(4);

    @Test
    void skip_leaves_the_schema_as_it_is(TestNamespace namespace) {
        // Given
        var shop = atVersionTwo(namespace, "onRollback: Skip");

        // When
        shop.release(Shop.V1);

        // Then
        assertThat(shop.columns("products")).contains("currency");
        assertThat(namespace.recorder().migrations()).hasSize(2);
    }

    @Test
    void down_takes_the_schema_back_before_the_older_version_starts(TestNamespace namespace) {
        // Given
        var shop = atVersionTwo(namespace, "onRollback: Down");
        var before = namespace.recorder().applications(Shop.V1).size();

        // When
        shop.release(Shop.V1);

        // Then
        assertThat(shop.columns("products")).containsExactly("id", "name", "price");
        assertThat(shop.ask("select name from products order by id")).containsExactly("apple", "pear");
        var down = namespace.status("shop").history().getFirst();
        assertThat(down.rolledBackFrom()).isEqualTo(Shop.V2);
        assertThat(down.image()).isEqualTo(Shop.V2);
        assertThat(down.outcome()).isEqualTo(Outcome.Succeeded);
        var ended = namespace.recorder().migrations().stream()
                .filter(start -> start.pod().startsWith(down.job()))
                .findFirst()
                .orElseThrow()
                .finishedAt()
                .orElseThrow();
        namespace.await(
                () -> assertThat(namespace.recorder().applications(Shop.V1)).hasSize(before + 1));
        assertThat(namespace.recorder().applications(Shop.V1).stream()
                        .map(Recorder.Start::startedAt)
                        .max(String::compareTo))
                .hasValueSatisfying(start -> assertThat(start).isGreaterThanOrEqualTo(ended));

        // When
        shop.release(Shop.V2);

        // Then
        assertThat(shop.columns("products")).contains("currency");
        assertThat(namespace.status("shop").history())
                .extracting(HistoryEntry::revision)
                .containsExactly(Shop.V2, Shop.V1, Shop.V2, Shop.V1);
    }

    @Test
    void block_holds_the_older_version_until_somebody_lets_it_start(TestNamespace namespace) {
        // Given
        var shop = atVersionTwo(namespace, "onRollback: Block");
        var before = namespace.recorder().applications(Shop.V1).size();

        // When
        shop.deploy(Shop.V1);

        // Then
        namespace.await(() -> assertThat(namespace.status("shop").phase()).isEqualTo(Phase.Blocked));
        namespace.awaitWaiting("shop", 1);
        namespace.stays(
                A_WHILE,
                () -> assertThat(namespace.recorder().applications(Shop.V1)).hasSize(before));
        assertThat(namespace.running("shop")).as("the newer version serves").hasSize(1);

        // When
        namespace.annotate("shop", "baseline", Shop.V1);

        // Then
        namespace.awaitRunning("shop", Shop.V1, 1);
        namespace.awaitReady("shop", Shop.V1);
        assertThat(namespace.status("shop").history().getFirst().outcome()).isEqualTo(Outcome.Baseline);
        assertThat(namespace.recorder().migrations()).hasSize(2);
    }

    private static Shop atVersionTwo(TestNamespace namespace, String manifest) {
        var shop = Shop.in(namespace);
        namespace.apply(PAGE.yaml(manifest));
        shop.release(Shop.V1);
        shop.release(Shop.V2);
        assertThat(shop.columns("products")).contains("currency");
        return shop;
    }
}
