package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import net.coderanger.migrations.rbac.ChartRights;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fault B1 of the original, and all its kin: the operator's process ends between any two of its writes. */
@EndToEnd
class CrashIT {

    private static @Nullable ChartRights rights;

    @BeforeAll
    static void grant() throws Exception {
        rights = ChartRights.install();
    }

    @AfterAll
    static void revoke() {
        rights().close();
    }

    private static ChartRights rights() {
        return Objects.requireNonNull(rights);
    }

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
                gatedByHand("web", "app:v1", 2), Manifests.migrator("web", "web", "sleep 1", "retention: Never"));

        // When
        var crash = new Crash(write, done);
        try (var first = InProcessOperator.start(namespace.name(), rights().user(), crash)) {
            assertThat(first).isNotNull();
            assertThat(crash.happens(30)).as("the crash happened").isTrue();
        }

        // Then
        try (var second = InProcessOperator.start(namespace.name(), rights().user(), Crash.never())) {
            assertThat(second).isNotNull();
            namespace.awaitReady("web", "app:v1");
            namespace.awaitRunning("web", "app:v1", 2);
            namespace.await(
                    () -> assertThat(namespace.status("web").waitingPods()).isZero());
        }
        assertThat(namespace.recorder().migrations()).hasSize(1);
        assertThat(namespace.status("web").history()).singleElement().satisfies(entry -> {
            assertThat(entry.succeeded()).isTrue();
            assertThat(entry.attempts()).isEqualTo(1);
        });
    }

    private static String gatedByHand(String name, String image, int replicas) {
        return Manifests.deployment(name, image, replicas)
                .replace(
                        "      terminationGracePeriodSeconds",
                        "      schedulingGates: [{name: migrations.coderanger.net/" + name
                                + "}]\n      terminationGracePeriodSeconds");
    }
}
