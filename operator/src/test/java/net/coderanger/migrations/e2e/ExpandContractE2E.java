package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.Test;

/** The page about changes without downtime: a migration that meets a lock gives way, and is tried again. */
@EndToEnd
class ExpandContractE2E {

    private static final String MANIFEST = Page.named("expand-contract").yaml("lock_timeout");

    @Test
    void a_migration_that_meets_a_lock_gives_way_and_is_tried_again(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(MANIFEST);
        shop.release(Shop.V1);
        shop.deploy(Shop.V2);
        namespace.await(
                () -> assertThat(namespace.status("shop").pendingApproval()).isNotNull());

        // When
        var reader = shop.read("products");
        namespace.await(() -> assertThat(shop.ask(
                        "select mode from pg_locks where relation = 'products'::regclass and pid <> pg_backend_pid()"))
                .containsExactly("AccessShareLock"));
        namespace.annotate(
                "shop",
                "approve",
                Objects.requireNonNull(namespace.status("shop").pendingApproval())
                        .value());

        // Then
        namespace.await(() -> assertThat(
                        Objects.requireNonNull(namespace.status("shop").run()).message())
                .contains("lock timeout"));
        assertThat(namespace.running("shop")).as("the older version serves").hasSize(1);
        shop.endReaders("products");
        assertThat(reader).failsWithin(TestNamespace.PATIENCE);
        namespace.awaitRunning("shop", Shop.V2, 1);
        assertThat(shop.columns("products")).contains("currency");
        assertThat(namespace.status("shop").history().getFirst().outcome()).isEqualTo(Outcome.Succeeded);
    }
}
