package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link CrashIT}, for runs of several steps, and for one that fails. */
@EndToEnd
class CrashStepsIT {

    private static final int BEYOND = 3;

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    static Stream<Arguments> writesOfARunThatSucceeds() {
        try (var namespace = TestNamespace.create("writes of a run that succeeds")) {
            planMigrateAndVerify(namespace);
            return upTo(OPERATORS.writes(() -> hasLeftNothing(namespace), namespace, () -> approveIfAsked(namespace)));
        }
    }

    static Stream<Arguments> writesOfARunThatFails() {
        try (var namespace = TestNamespace.create("writes of a run that fails")) {
            migrateInVain(namespace);
            return upTo(OPERATORS.writes(() -> isRecorded(namespace), namespace, () -> {}));
        }
    }

    private static Stream<Arguments> upTo(int writes) {
        var last = writes + BEYOND;
        return IntStream.rangeClosed(1, last).mapToObj(write -> Arguments.of(write, write == last));
    }

    @ParameterizedTest(name = "write {0}")
    @MethodSource("writesOfARunThatSucceeds")
    void a_crash_at_any_write_repeats_no_step_and_skips_none(int write, boolean beyond, TestNamespace namespace)
            throws InterruptedException {
        // Given
        planMigrateAndVerify(namespace);

        // When
        var crashed = OPERATORS.endsBefore(
                () -> hasLeftNothing(namespace), write, true, namespace, () -> approveIfAsked(namespace));

        // Then
        assertThat(crashed && beyond).as("a run has more writes than these").isFalse();
        OPERATORS.during(namespace, () -> {
            namespace.await(() -> {
                approveIfAsked(namespace);
                assertThat(namespace.status("web").history()).hasSize(1);
            });
            namespace.awaitReady("web", "app:v1");
            namespace.awaitRunning("web", "app:v1", 1);
        });
        assertThat(namespace.recorder().migrations()).hasSize(3);
        namespace.assertNoTwoMigrationsAtOnce();
        assertThat(namespace.status("web").history()).singleElement().satisfies(run -> {
            assertThat(run.succeeded()).isTrue();
            assertThat(run.approvedBy()).isEqualTo("ann");
            assertThat(run.steps()).extracting(StepStatus::name).containsExactly("plan", "migration", "verify");
            assertThat(run.steps()).extracting(StepStatus::attempts).containsOnly(1);
        });
    }

    @ParameterizedTest(name = "write {0}")
    @MethodSource("writesOfARunThatFails")
    void a_crash_at_any_write_of_a_run_that_fails_restores_once(int write, boolean beyond, TestNamespace namespace)
            throws InterruptedException {
        // Given
        migrateInVain(namespace);

        // When
        var crashed = OPERATORS.endsBefore(() -> isRecorded(namespace), write, true, namespace, () -> {});

        // Then
        assertThat(crashed && beyond).as("a run has more writes than these").isFalse();
        OPERATORS.during(namespace, () -> {
            namespace.awaitStalled("web");
        });
        assertThat(namespace.recorder().migrations()).hasSize(2);
        namespace.assertNoTwoMigrationsAtOnce();
        assertThat(namespace.recorder().applications()).isEmpty();
        assertThat(namespace.status("web").history()).singleElement().satisfies(run -> {
            assertThat(run.outcome()).isEqualTo(Outcome.Failed);
            assertThat(run.steps()).extracting(StepStatus::name).containsExactly("migration", "on-failure");
            assertThat(run.steps()).extracting(StepStatus::attempts).containsOnly(1);
        });
    }

    private static void planMigrateAndVerify(TestNamespace namespace) {
        namespace.apply(Manifests.gatedByHand("web", "app:v1", 1), Manifests.migrator("web", "web", "sleep 1", """
                        retention: Never
                        before: [{name: plan, approval: Always, command: [sleep, '1']}]
                        after: [{name: verify, command: [sleep, '1']}]
                        """));
    }

    private static void migrateInVain(TestNamespace namespace) {
        namespace.apply(
                Manifests.gatedByHand("web", "app:v1", 1), Manifests.migrator("web", "web", "sleep 1; exit 1", """
                        job: {backoffLimit: 0}
                        onFailure: {command: [sleep, '1']}
                        """));
    }

    private static boolean hasLeftNothing(TestNamespace namespace) {
        return isRecorded(namespace) && namespace.jobs().isEmpty();
    }

    /** Its outcome stands in the history, and its Jobs are let go. */
    private static boolean isRecorded(TestNamespace namespace) {
        return Optional.ofNullable(namespace.migrator("web").getStatus())
                        .filter(status -> status.history().size() == 1)
                        .isPresent()
                && namespace.jobs().stream()
                        .allMatch(job -> job.getMetadata().getFinalizers().isEmpty());
    }

    /** With the stamp that admission would have written: no webhook is asked here. */
    private static void approveIfAsked(TestNamespace namespace) {
        Optional.ofNullable(namespace.migrator("web").getStatus())
                .flatMap(status -> Optional.ofNullable(status.pendingApproval()))
                .map(PendingApproval::value)
                .ifPresent(value -> {
                    namespace.annotate("web", "approve-by", "ann");
                    namespace.annotate("web", "approve", value);
                });
    }
}
