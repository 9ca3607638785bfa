package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Optional;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Why does a migration not get on, or why has it failed? */
class PodTroubleTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");

    @Test
    void an_image_that_cannot_be_pulled() {
        // Given
        var job = job().pod(
                        "phase: Pending",
                        "containerStatuses:",
                        "- name: migrations",
                        "  state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image \"shop:v1\"'}}");
        // Then
        assertThat(trouble(job)).hasValue("container migrations: ImagePullBackOff: Back-off pulling image \"shop:v1\"");
    }

    @Test
    void a_missing_secret() {
        // Given
        var job = job().pod(
                        "phase: Pending",
                        "containerStatuses:",
                        "- name: migrations",
                        "  state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"db\" not found'}}");
        // Then
        assertThat(trouble(job)).hasValue("container migrations: CreateContainerConfigError: secret \"db\" not found");
    }

    @Test
    void an_init_container_that_cannot_start() {
        // Given
        var job = job().pod(
                        "phase: Pending",
                        "initContainerStatuses:",
                        "- {name: fetch, state: {waiting: {reason: ErrImagePull}}}",
                        "containerStatuses:",
                        "- {name: migrations, state: {waiting: {reason: PodInitializing}}}");
        // Then
        assertThat(trouble(job)).hasValue("container fetch: ErrImagePull");
    }

    @Test
    void a_pod_that_finds_no_node() {
        // Given
        var job = job().pod(
                        "phase: Pending",
                        "conditions:",
                        "- {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: 3 Insufficient memory.'}");
        // Then
        assertThat(trouble(job)).hasValue("its pod finds no node: 0/3 nodes are available: 3 Insufficient memory.");
    }

    @Test
    void a_node_that_does_not_answer() {
        // Given
        var job = job().pod(
                        "phase: Running",
                        "conditions:",
                        "- {type: Ready, status: 'False'}",
                        "containerStatuses:",
                        "- {name: migrations, ready: true, state: {running: {}}}");
        // Then
        assertThat(trouble(job))
                .hasValueSatisfying(why -> assertThat(why).contains("its node, node-1,", "does not answer"));
    }

    @Test
    void a_pod_that_cannot_be_created() {
        // Given
        var job = job().warning("FailedCreate: pods \"shop-\" is forbidden: exceeded quota: compute");
        // Then
        assertThat(trouble(job))
                .hasValue(
                        "its pod cannot be created: FailedCreate: pods \"shop-\" is forbidden: exceeded quota: compute");
    }

    @Test
    void nothing_is_wrong_while_a_container_is_created_or_runs() {
        assertThat(trouble(job())).isEmpty();
        assertThat(trouble(job().running())).isEmpty();
        assertThat(trouble(job().pod("{}"))).isEmpty();
        assertThat(trouble(job().pod(
                                "phase: Pending",
                                "containerStatuses:",
                                "- {name: migrations, state: {waiting: {reason: ContainerCreating}}}")))
                .isEmpty();
    }

    @DisplayName("B15: an attempt that has failed is told while the next one runs")
    @Test
    void an_attempt_that_has_failed() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 2, message: 'no such table'}}}")
                .running();
        // Then
        assertThat(trouble(job))
                .hasValue(
                        "an attempt has failed, it is tried again: container migrations ended with exit code 2: no such table");
    }

    @Test
    void a_pod_that_cannot_start_and_one_that_has_failed_are_two_kinds_of_trouble() {
        // Given
        var notStarting = job().warning("FailedCreate: exceeded quota");
        var retrying = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 2}}}");
        // Then
        assertThat(PodTrouble.of(notStarting.seen()).map(JobState.Trouble::reason))
                .hasValue(Reason.MigrationPodNotStarting);
        assertThat(PodTrouble.of(retrying.seen()).map(JobState.Trouble::reason)).hasValue(Reason.MigrationsRetrying);
    }

    @Test
    void after_the_last_attempt_nothing_is_tried_again() {
        // Given
        var last = Jobs.of(Migrators.shop("job: {backoffLimit: 0}"), WEB)
                .pod("phase: Failed", "containerStatuses:", "- {name: migrations, state: {terminated: {exitCode: 2}}}");
        // Then
        assertThat(trouble(last)).isEmpty();
    }

    @Test
    void the_newest_attempt_tells_why_a_job_has_failed() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 1, message: 'first'}}}")
                .pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 3, message: \"second\\n\"}}}")
                .failed();
        // Then
        assertThat(failure(job)).isEqualTo("container migrations ended with exit code 3: second");
    }

    @Test
    void a_container_that_was_killed_for_its_memory() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 137, reason: OOMKilled}}}")
                .failed();
        // Then
        assertThat(failure(job))
                .isEqualTo(
                        "container migrations ended with exit code 137 (OOMKilled: raise spec.job.resources.limits.memory)");
    }

    @Test
    void a_run_that_was_over_its_deadline() {
        // Given
        var job = job().condition("Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
        // Then
        assertThat(failure(job))
                .isEqualTo(
                        "stopped because spec.job.activeDeadlineSeconds is over: Job was active longer than specified deadline");
    }

    @Test
    void a_pod_that_was_refused_by_its_node() {
        // Given
        var job = job().pod("phase: Failed", "reason: Evicted", "message: 'The node was low on resource: memory.'")
                .failed();
        // Then
        assertThat(failure(job)).isEqualTo("pod Evicted: The node was low on resource: memory.");
    }

    @Test
    void a_job_that_fails_without_a_pod_tells_its_own_reason() {
        assertThat(failure(job().failed())).isEqualTo("Job has reached the specified backoff limit");
        assertThat(failure(job().condition("Failed", "MaxFailedIndexesExceeded", "Too many indexes failed")))
                .isEqualTo("MaxFailedIndexesExceeded: Too many indexes failed");
    }

    @Test
    void the_output_tells_more_than_the_termination_message() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 1, message: 'cut'}}}")
                .failed()
                .output("ERROR: relation x does not exist\nMigration stopped\n");
        // Then
        assertThat(failure(job))
                .isEqualTo("container migrations ended with exit code 1: ERROR: relation x does not exist");
    }

    @Test
    void the_output_of_one_attempt_does_not_explain_another() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 1, message: 'no such table'}}}")
                .pod(
                        "phase: Succeeded",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 0}}}")
                .output("all done");
        // Then
        assertThat(trouble(job).orElseThrow()).endsWith("exit code 1: no such table");
    }

    @Test
    void an_init_container_tells_its_own_message() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 1}}}")
                .pod(
                        "phase: Failed",
                        "initContainerStatuses:",
                        "- {name: fetch, state: {terminated: {exitCode: 7, message: 'no route to host'}}}")
                .failed()
                .output("of the pod before");
        // Then
        assertThat(failure(job)).isEqualTo("container fetch ended with exit code 7: no route to host");
    }

    @Test
    void a_long_output_stands_in_history_and_only_its_cause_in_the_message() {
        // Given
        var job = job().pod(
                        "phase: Failed",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 1}}}")
                .failed()
                .output("applied\n".repeat(500) + "Error: relation exists\n    at migrate.js:7");
        // When
        var entry =
                Seen.of(Migrators.shop()).jobs(job).plan().status().history().getFirst();
        // Then
        assertThat(entry.message()).isEqualTo("container migrations ended with exit code 1: Error: relation exists");
        assertThat(entry.output())
                .hasSize(HistoryEntry.MAX_OUTPUT)
                .startsWith("…")
                .contains("applied")
                .endsWith("Error: relation exists\n    at migrate.js:7");
    }

    @Test
    void a_success_keeps_its_output_too() {
        // Given
        var job = job().pod(
                        "phase: Succeeded",
                        "containerStatuses:",
                        "- {name: migrations, state: {terminated: {exitCode: 0}}}")
                .succeeded()
                .output("Successfully applied 2 migrations");
        // When
        var entry =
                Seen.of(Migrators.shop()).jobs(job).plan().status().history().getFirst();
        // Then
        assertThat(entry.output()).isEqualTo("Successfully applied 2 migrations");
        assertThat(entry.message()).isNull();
    }

    private static Optional<String> trouble(Jobs job) {
        return PodTrouble.of(job.seen()).map(JobState.Trouble::message);
    }

    private static String failure(Jobs job) {
        return JobState.of(job.seen()) instanceof JobState.Failed failed ? failed.message() : "not failed";
    }

    private static Jobs job() {
        return Jobs.of(Migrators.shop(), WEB);
    }

    @Test
    void a_job_that_a_queue_has_suspended() {
        // Given
        var job = job().with(made -> made.editSpec().withSuspend(true).endSpec());
        // Then
        assertThat(trouble(job))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("its Job is suspended")
                        .contains("kubectl -n prod patch job " + job.name()));
    }

    @Test
    void a_ready_pod_of_an_application_does_not_concern_plans_but_its_place_and_a_migrations_readiness_do() {
        // Given
        var pod = Pods.of("web-1", WEB).build();
        pod.getSpec().setNodeName("node-1");
        pod.setStatus(Migrators.yaml(
                "conditions: [{type: Ready, status: 'False'}, {type: PodScheduled, status: 'True'}]", PodStatus.class));
        // Then
        assertThat(TrimmedPod.of(pod).getSpec().getNodeName()).isNull();
        assertThat(TrimmedPod.of(pod).getStatus().getConditions())
                .extracting(condition -> condition.getType())
                .containsExactly("PodScheduled");
    }
}
