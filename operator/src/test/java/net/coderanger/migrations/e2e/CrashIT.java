package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fault B1 of the original, and all its kin: the operator's process ends between any two of its writes. */
@EndToEnd
class CrashIT {

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    /** The writes of a run are: Job, status, event, progress, status, progress, status with outcome, release (two pods), … */
    @ParameterizedTest(name = "write {0}, done: {1}")
    @CsvSource({
        "1,false", "1,true", "2,false", "2,true", "3,true", "4,true", "5,true", "6,true", "7,true", "8,true", "9,true",
        "10,true"
    })
    void a_crash_at_any_write_neither_repeats_nor_forgets_a_migration(int write, boolean done, TestNamespace namespace)
            throws InterruptedException {
        // Given
        namespace.apply(
                Manifests.gatedByHand("web", "app:v1", 2),
                Manifests.migrator("web", "web", "sleep 1", "retention: Never"));

        // When
        OPERATORS.endsAt(write, done, namespace);

        // Then
        OPERATORS.during(namespace, () -> {
            namespace.awaitReady("web", "app:v1");
            namespace.awaitRunning("web", "app:v1", 2);
            namespace.await(
                    () -> assertThat(namespace.status("web").waitingPods()).isZero());
        });
        assertThat(namespace.recorder().migrations()).hasSize(1);
        assertThat(namespace.status("web").history()).singleElement().satisfies(entry -> {
            assertThat(entry.succeeded()).isTrue();
            assertThat(entry.attempts()).isEqualTo(1);
        });
    }
}
