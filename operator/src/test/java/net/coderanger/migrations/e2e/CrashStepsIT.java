package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.PendingApproval;
import net.coderanger.migrations.api.StepStatus;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link CrashIT}, for runs of several steps. */
@EndToEnd
class CrashStepsIT {

    @RegisterExtension
    static final Operators OPERATORS = new Operators();

    @ParameterizedTest(name = "write {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void a_crash_at_any_write_repeats_no_step_and_skips_none(int write, TestNamespace namespace)
            throws InterruptedException {
        // Given
        namespace.apply(Manifests.gatedByHand("web", "app:v1", 1), Manifests.migrator("web", "web", "sleep 1", """
                        retention: Never
                        before: [{name: plan, approval: Always, command: [sleep, '1']}]
                        after: [{name: verify, command: [sleep, '1']}]
                        """));

        // When
        OPERATORS.endsAt(write, true, namespace, () -> approveIfAsked(namespace));

        // Then
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
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void a_crash_at_any_write_of_a_run_that_fails_restores_once(int write, TestNamespace namespace)
            throws InterruptedException {
        // Given
        namespace.apply(
                Manifests.gatedByHand("web", "app:v1", 1), Manifests.migrator("web", "web", "sleep 1; exit 1", """
                        job: {backoffLimit: 0}
                        onFailure: {command: [sleep, '1']}
                        """));

        // When
        OPERATORS.endsAt(write, true, namespace);

        // Then
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
