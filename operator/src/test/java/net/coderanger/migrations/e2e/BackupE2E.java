package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import net.coderanger.migrations.api.StepState;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The page about backups: a real dump, and a real restore after a migration that has broken the data and failed. */
@EndToEnd
class BackupE2E {

    private static final String MANIFESTS = Page.named("backup-and-restore").yaml("pg_dump");

    @AfterEach
    void noVolume(TestNamespace namespace) {
        BackupVolume.remove(namespace);
    }

    @Test
    void a_backup_is_made_first_and_the_migration_verified_before_pods_start(TestNamespace namespace) {
        // Given
        BackupVolume.create(namespace);
        var shop = Shop.in(namespace);
        namespace.apply(MANIFESTS);

        // When
        shop.release(Shop.V1);
        shop.release(Shop.V2);

        // Then
        var run = namespace.status("shop").history().getFirst();
        assertThat(run.steps()).extracting(StepStatus::name).containsExactly("backup", "migration", "verify");
        assertThat(run.steps()).extracting(StepStatus::state).containsOnly(StepState.Succeeded);
        RunSeen.of(namespace, run).assertOneAfterTheOtherAndThenTheApplication();
        assertThat(shop.ask("select run from schema_versions where version = '2'"))
                .containsExactly(run.id());
    }

    @Test
    void a_failed_migration_is_undone_by_the_backup_of_its_own_run(TestNamespace namespace) {
        // Given
        BackupVolume.create(namespace);
        var shop = Shop.in(namespace);
        namespace.apply(MANIFESTS);
        shop.release(Shop.V1);
        shop.release(Shop.V2);
        shop.ask("insert into products values (3, 'plum', 2.75, 'CHF')");
        var before = shop.ask("select * from products order by id");

        // When
        shop.deploy(Shop.V3);

        // Then
        namespace.awaitStalled("shop");
        assertThat(namespace.condition("shop", "Stalled").message())
                .contains("step migration", "division by zero", "onFailure has run and succeeded");
        assertThat(shop.ask("select * from products order by id"))
                .isEqualTo(before)
                .contains("3|plum|2.75|CHF");
        assertThat(namespace.status("shop").history().getFirst().steps())
                .extracting(StepStatus::state)
                .containsExactly(StepState.Succeeded, StepState.Failed, StepState.Pending, StepState.Succeeded);
        assertThat(namespace.recorder().applications(Shop.V3)).isEmpty();
        assertThat(namespace.running("shop")).as("the older version serves").hasSize(1);
    }
}
