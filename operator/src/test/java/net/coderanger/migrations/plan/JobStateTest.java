package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What does a Job say of its run? */
class JobStateTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");

    @Test
    void a_job_without_status_goes_on() {
        assertThat(JobState.of(job().seen())).isEqualTo(new JobState.Going(0, false, Optional.empty()));
    }

    @Test
    void a_complete_job_has_succeeded() {
        assertThat(JobState.of(job().succeeded().seen())).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void a_condition_that_is_not_true_says_nothing() {
        // Given
        var job = job().with(made -> made.editOrNewStatus()
                .addNewCondition()
                .withType("Complete")
                .withStatus("False")
                .endCondition()
                .endStatus());
        // Then
        assertThat(JobState.of(job.seen())).isInstanceOf(JobState.Going.class);
    }

    @DisplayName("B15: failed pods are no failed Job while it tries again")
    @Test
    void a_job_with_failed_pods_goes_on() {
        // Given
        var job = job().with(made ->
                        made.editOrNewStatus().withFailed(2).withActive(1).endStatus())
                .running();
        // Then
        assertThat(JobState.of(job.seen()))
                .asInstanceOf(InstanceOfAssertFactories.type(JobState.Going.class))
                .satisfies(going -> {
                    assertThat(going.attempts()).isEqualTo(3);
                    assertThat(going.everRan()).isTrue();
                });
    }

    @DisplayName("criteria that are met are no end: pods may still run")
    @Test
    void a_job_that_is_about_to_end_goes_on() {
        assertThat(JobState.of(job().running()
                        .condition("FailureTarget", "DeadlineExceeded", "")
                        .seen()))
                .isInstanceOf(JobState.Going.class);
        assertThat(JobState.of(job().running()
                        .condition("SuccessCriteriaMet", "CompletionsReached", "")
                        .seen()))
                .isInstanceOf(JobState.Going.class);
    }

    @Test
    void a_deleted_job_goes_on_while_its_pod_does() {
        assertThat(JobState.of(job().deleted().running().seen())).isInstanceOf(JobState.Going.class);
        assertThat(JobState.of(job().deleted().pod("phase: Unknown").seen())).isInstanceOf(JobState.Going.class);
        assertThat(JobState.of(job().deleted().pod("{}").seen())).isInstanceOf(JobState.Going.class);
    }

    @Test
    void a_deleted_job_whose_pods_have_ended_has_vanished() {
        assertThat(JobState.of(job().deleted().seen())).isInstanceOf(JobState.Vanished.class);
        assertThat(JobState.of(job().deleted().pod("phase: Failed").seen())).isInstanceOf(JobState.Vanished.class);
    }

    @Test
    void what_a_process_ends_with_after_its_job_was_deleted_asks_nobody_to_look() {
        // Given
        var job = job().deleted()
                .pod("phase: Failed", "containerStatuses:", "- {name: migrations, state: {terminated: {exitCode: 2}}}");
        // Then
        assertThat(JobState.of(job.seen())).isInstanceOf(JobState.Vanished.class);
    }

    @DisplayName("P2-c: a deleted Job that has succeeded has succeeded, wherever that can be seen")
    @Test
    void a_deleted_job_that_has_succeeded_has_succeeded() {
        // Given
        var byItsPod = job().deleted().pod("phase: Succeeded");
        var byItsCount = job().deleted()
                .with(made -> made.editOrNewStatus().withSucceeded(1).endStatus());
        var byWhatIsNotCountedYet = job().deleted()
                .with(made -> made.editOrNewStatus()
                        .withNewUncountedTerminatedPods()
                        .withSucceeded("uid")
                        .endUncountedTerminatedPods()
                        .endStatus());
        // Then
        assertThat(List.of(byItsPod, byItsCount, byWhatIsNotCountedYet))
                .allSatisfy(job -> assertThat(JobState.of(job.seen())).isInstanceOf(JobState.Succeeded.class));
    }

    @Test
    void a_migration_has_run_once_its_container_was_started() {
        assertThat(everRan(job().running())).isTrue();
        assertThat(everRan(job().pod(
                                "phase: Pending",
                                "containerStatuses:",
                                "- {name: migrations, state: {waiting: {reason: ErrImagePull}}}")))
                .isFalse();
        assertThat(everRan(job().pod(
                                "phase: Pending",
                                "containerStatuses:",
                                "- {name: migrations, state: {waiting: {}}, lastState: {terminated: {exitCode: 1}}}")))
                .isTrue();
        assertThat(everRan(
                        job().pod("phase: Pending", "initContainerStatuses:", "- {name: fetch, state: {running: {}}}")))
                .isFalse();
    }

    private static boolean everRan(Jobs job) {
        return JobState.of(job.seen()) instanceof JobState.Going going && going.everRan();
    }

    private static Jobs job() {
        return Jobs.of(Migrators.shop(), WEB);
    }
}
