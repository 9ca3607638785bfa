package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.Test;

/** What does the status tell, and in what order do things happen? */
class StatusTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");
    private static final Workload WORKER = Workloads.deployment("worker", "api:v1");

    @Test
    void conditions_keep_their_transition_time_while_their_status_stays() {
        // Given
        var seen = Seen.of(Migrators.shop()).pods(web().waiting()).afterwards();
        var later = seen.at(Migrators.T0.plusSeconds(60))
                .jobs(Jobs.of(seen.migrator(), WEB).running());
        // When
        var plan = later.plan();
        // Then
        assertThat(plan.status().conditions())
                .allMatch(condition -> condition.lastTransitionTime().equals("2026-03-01T10:00:00Z"));
    }

    @Test
    void conditions_name_the_generation_they_were_found_for() {
        // Given
        var migrator = Migrators.shop();
        migrator.getMetadata().setGeneration(7L);
        // When
        var plan = Seen.of(migrator).plan();
        // Then
        assertThat(plan.status().observedGeneration()).isEqualTo(7L);
        assertThat(plan.status().conditions())
                .allMatch(condition -> Long.valueOf(7).equals(condition.observedGeneration()));
    }

    @Test
    void the_status_says_what_runs_and_who_waits() {
        // Given
        var migrator = Migrators.shop("trigger: t1");
        var job = Jobs.of(migrator, WEB).running();
        // When
        var plan = Seen.of(migrator)
                .pods(web().waiting(), Pods.of("web-2", WEB).waiting())
                .jobs(job)
                .plan();
        // Then
        assertThat(plan.status().waitingPods()).isEqualTo(2);
        assertThat(plan.status().desiredRevision()).isEqualTo("shop:v1");
        var run = Objects.requireNonNull(plan.status().run());
        assertThat(List.of(run.id(), run.revision(), run.workload(), run.job()))
                .containsExactly(job.id(), "shop:v1", "Deployment/web", job.name());
        assertThat(run.jobUid()).isEqualTo("uid-of-" + job.name());
        assertThat(run.trigger()).isEqualTo("t1");
        assertThat(run.attempt()).isEqualTo(1);
        assertThat(run.message()).contains("2 pods wait for shop:v1");
    }

    @Test
    void progress_is_stamped_on_the_job_once() {
        // Given
        var migrator = Migrators.shop();
        var job = Jobs.of(migrator, WEB).running();
        var first = Seen.of(migrator).pods(web().waiting()).jobs(job).plan();
        var stamped = Seen.actions(first, Action.StampProgress.class).getFirst().progress();
        // When
        var second = Seen.of(migrator)
                .pods(web().waiting())
                .jobs(job.with(made -> made.editMetadata()
                        .addToAnnotations("migrations.coderanger.net/progress", stamped)
                        .endMetadata()))
                .plan();
        // Then
        assertThat(stamped).isEqualTo(Seen.message(first));
        assertThat(Seen.actions(second, Action.StampProgress.class)).isEmpty();
    }

    @Test
    void a_plan_settles_a_run_or_starts_one_but_never_both() {
        // Given
        var migrator = Migrators.shop();
        var seen = Seen.of(migrator)
                .pods(web().waiting(), Pods.of("api-1", WORKER).waiting())
                .jobs(Jobs.of(migrator, WEB).succeeded());
        // When
        var settling = seen.plan();
        var starting = seen.afterwards().plan();
        // Then
        assertThat(settling.start()).isEmpty();
        assertThat(settling.status().run()).isNull();
        assertThat(settling.lookAgainIn()).hasValue(Duration.ZERO);
        assertThat(starting.start()).isPresent();
        assertThat(starting.status().history()).hasSize(1);
    }

    @Test
    void nothing_starts_while_a_pod_of_an_ended_job_is_still_active() {
        // Given
        var migrator = Migrators.shop();
        var failed = Jobs.of(migrator, WEB).failed().running();
        var seen = Seen.of(migrator).pods(web().waiting()).jobs(failed).afterwards();
        // When
        var plan = new Seen(seen.migrator(), List.of(), seen.jobs(), List.of(), seen.now())
                .pods(Pods.of("api-1", WORKER).waiting())
                .plan();
        // Then
        assertThat(plan.start()).isEmpty();
        assertThat(plan.status().phase()).isEqualTo(Phase.Pending);
    }

    @Test
    void nothing_starts_while_a_migration_of_a_deleted_migrator_goes_on() {
        // Given
        var migrator = Migrators.shop();
        var running = Jobs.of(migrator, WEB).running();
        var seen = Seen.of(migrator).pods(web().waiting());
        // When
        var before = seen.leftBehind(running).plan();
        var after = seen.leftBehind(Jobs.of(migrator, WEB).pod("phase: Failed")).plan();
        // Then
        assertThat(before.start()).isEmpty();
        assertThat(Seen.message(before))
                .contains("shop:v1 has to be migrated as soon as pod", running.name(), "deleted Migrator");
        assertThat(after.start()).isPresent();
    }

    private static Pods web() {
        return Pods.of("web-1", WEB);
    }
}
