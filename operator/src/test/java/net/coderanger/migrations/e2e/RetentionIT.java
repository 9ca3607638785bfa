package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.gatedByHand;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept of a run that has ended. */
@EndToEnd
class RetentionIT {

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    @Test
    void history_keeps_as_many_runs_as_it_is_told(TestNamespace namespace) {
        // Given
        namespace.apply(gatedByHand("web", "app:v1", 1));
        OPERATORS.during(namespace, () -> {
            // When
            for (var trigger : List.of("a", "b", "c")) {
                namespace.apply(migrator("web", "web", "true", "historyLimit: 2\ntrigger: " + trigger));
                namespace.await(() -> assertThat(namespace.status("web").history())
                        .extracting(HistoryEntry::trigger)
                        .startsWith(trigger));
            }

            // Then: a run whose Job still exists is kept beyond the limit
            namespace.await(() -> assertThat(namespace.status("web").history())
                    .extracting(HistoryEntry::trigger)
                    .containsExactly("c", "b"));
            assertThat(namespace.recorder().migrations()).hasSize(3);
        });
    }

    @Test
    void jobs_stay_as_long_as_retention_says(TestNamespace namespace) {
        // Given
        OPERATORS.during(namespace, () -> {
            run(namespace, "always", "exit 0", "Always");
            run(namespace, "failed", "exit 1", "OnFailure");
            awaitEnded(namespace, "always", "failed");

            // When: these end later than those
            run(namespace, "succeeded", "exit 0", "OnFailure");
            run(namespace, "never", "exit 1", "Never");
            awaitEnded(namespace, "succeeded", "never");

            // Then
            namespace.await(() -> assertThat(migratorsWithJobs(namespace)).doesNotContain("succeeded", "never"));
            namespace.stays(
                    Duration.ofSeconds(3),
                    () -> assertThat(migratorsWithJobs(namespace)).containsExactlyInAnyOrder("always", "failed"));
        });
    }

    private static void run(TestNamespace namespace, String name, String script, String retention) {
        namespace.apply(
                migrator(name, name, script, "retention: " + retention + "\njob: {backoffLimit: 0}"),
                gatedByHand(name, "app:v1", 1));
    }

    private static void awaitEnded(TestNamespace namespace, String... migrators) {
        namespace.await(() -> assertThat(migrators)
                .allSatisfy(name -> assertThat(namespace.status(name).history()).hasSize(1)));
        assertThat(migratorsWithJobs(namespace)).contains(migrators);
    }

    private static List<String> migratorsWithJobs(TestNamespace namespace) {
        return namespace.jobs().stream().map(RetentionIT::migratorOf).toList();
    }

    private static String migratorOf(Job job) {
        return Objects.requireNonNull(job.getMetadata().getLabels().get(Labels.MIGRATOR));
    }
}
