package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fault B1 of the original, and all its kin: the operator's process ends between any two of its writes. How many there are, is
 * counted in a run without a crash. Not every run makes the same number: some states come and go unseen. The last of the numbers
 * must therefore be beyond the end of its run.
 */
@EndToEnd
class CrashIT {

    private static final int BEYOND = 3;

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    /** The writes of a run are: Job, status, event, progress, status, progress, status with outcome, release (two pods), … */
    static Stream<Arguments> writes() {
        try (var namespace = TestNamespace.create("writes of a run")) {
            migrateOnce(namespace);
            var last = OPERATORS.writes(() -> hasLeftNothing(namespace), namespace, () -> {}) + BEYOND;
            return Stream.concat(
                    Stream.of(Arguments.of(1, false, false), Arguments.of(2, false, false)),
                    IntStream.rangeClosed(1, last).mapToObj(write -> Arguments.of(write, true, write == last)));
        }
    }

    @ParameterizedTest(name = "write {0}, done: {1}")
    @MethodSource("writes")
    void a_crash_at_any_write_neither_repeats_nor_forgets_a_migration(
            int write, boolean done, boolean beyond, TestNamespace namespace) throws InterruptedException {
        // Given
        migrateOnce(namespace);

        // When
        var crashed = OPERATORS.endsBefore(() -> hasLeftNothing(namespace), write, done, namespace, () -> {});

        // Then
        assertThat(crashed && beyond).as("a run has more writes than these").isFalse();
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

    private static void migrateOnce(TestNamespace namespace) {
        namespace.apply(
                Manifests.gatedByHand("web", "app:v1", 2),
                Manifests.migrator("web", "web", "sleep 1", "retention: Never"));
    }

    private static boolean hasLeftNothing(TestNamespace namespace) {
        return Optional.ofNullable(namespace.migrator("web").getStatus())
                        .filter(status -> status.history().size() == 1)
                        .isPresent()
                && namespace.jobs().isEmpty();
    }
}
