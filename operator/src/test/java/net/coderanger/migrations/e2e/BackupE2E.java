package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.Comparator;
import java.util.List;
import net.coderanger.migrations.api.HistoryEntry;
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
        namespace
                .client()
                .resources(PersistentVolume.class)
                .withName(namespace.name())
                .delete();
    }

    @Test
    void a_backup_is_made_first_and_the_migration_verified_before_pods_start(TestNamespace namespace) {
        // Given
        volume(namespace);
        var shop = Shop.in(namespace);
        namespace.apply(MANIFESTS);

        // When
        shop.release(Shop.V1);
        shop.release(Shop.V2);

        // Then
        var run = namespace.status("shop").history().getFirst();
        assertThat(run.steps()).extracting(StepStatus::name).containsExactly("backup", "migration", "verify");
        assertThat(run.steps()).extracting(StepStatus::state).containsOnly(StepState.Succeeded);
        var containers = containers(namespace, run);
        assertThat(containers).hasSize(3);
        for (var index = 1; index < containers.size(); index++) {
            assertThat(containers.get(index).startedAt())
                    .isGreaterThanOrEqualTo(
                            containers.get(index - 1).finishedAt().orElseThrow());
        }
        assertThat(namespace.recorder().applications(Shop.V2))
                .isNotEmpty()
                .allSatisfy(start -> assertThat(start.startedAt())
                        .isGreaterThanOrEqualTo(
                                containers.getLast().finishedAt().orElseThrow()));
        assertThat(shop.ask("select run from schema_versions where version = '2'"))
                .containsExactly(run.id());
    }

    @Test
    void a_failed_migration_is_undone_by_the_backup_of_its_own_run(TestNamespace namespace) {
        // Given
        volume(namespace);
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

    private static List<Recorder.Start> containers(TestNamespace namespace, HistoryEntry run) {
        var jobs = run.steps().stream().map(StepStatus::job).toList();
        namespace.await(() -> assertThat(namespace.recorder().migrations().stream()
                        .filter(start -> jobs.stream().anyMatch(job -> of(start, String.valueOf(job)))))
                .allSatisfy(start -> assertThat(start.finishedAt()).isPresent()));
        return namespace.recorder().migrations().stream()
                .filter(start -> jobs.stream().anyMatch(job -> of(start, String.valueOf(job))))
                .sorted(Comparator.comparing(Recorder.Start::startedAt)
                        .thenComparing(start -> start.finishedAt().orElseThrow()))
                .toList();
    }

    /** A pod's name is its Job's, a dash and five characters. */
    private static boolean of(Recorder.Start start, String job) {
        return start.pod().matches(java.util.regex.Pattern.quote(job) + "-[a-z0-9]{5}");
    }

    /** What a storage class would do; the testbed has none. Everybody may write into the folder. */
    private static void volume(TestNamespace namespace) {
        namespace.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: make-folder}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: busybox
                    command: [chmod, '1777', /folder]
                    volumeMounts: [{name: folder, mountPath: /folder}]
                  volumes:
                  - name: folder
                    hostPath: {path: /var/lib/kubelet/%1$s, type: DirectoryOrCreate}
                """.formatted(namespace.name()));
        namespace.await(() -> assertThat(namespace
                        .client()
                        .pods()
                        .inNamespace(namespace.name())
                        .withName("make-folder")
                        .get()
                        .getStatus()
                        .getPhase())
                .isEqualTo("Succeeded"));
        namespace
                .client()
                .load(new java.io.ByteArrayInputStream(
                        """
                        apiVersion: v1
                        kind: PersistentVolume
                        metadata: {name: %1$s}
                        spec:
                          accessModes: [ReadWriteOnce]
                          capacity: {storage: 10Gi}
                          persistentVolumeReclaimPolicy: Retain
                          claimRef: {namespace: %1$s, name: shop-backups}
                          hostPath: {path: /var/lib/kubelet/%1$s}
                        """.formatted(namespace.name()).getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .serverSideApply();
    }
}
