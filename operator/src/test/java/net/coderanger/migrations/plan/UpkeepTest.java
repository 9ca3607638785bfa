package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long does a Job stay? */
class UpkeepTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");

    @ParameterizedTest
    @CsvSource({
        "OnFailure, Succeeded, false",
        "OnFailure, Failed, true",
        "Always, Succeeded, true",
        "Always, Failed, true",
        "Never, Succeeded, false",
        "Never, Failed, false"
    })
    void a_finished_job_stays_as_the_retention_says(String retention, Outcome outcome, boolean stays) {
        // Given
        var story = Story.of("job: {backoffLimit: 0}", "retention: " + retention);
        story.cluster.rollsOut("web", "shop:v1");
        // When
        if (outcome == Outcome.Succeeded) {
            story.migrationSucceeds();
        } else {
            story.migrationFails();
        }
        story.cluster.passes(Duration.ofMinutes(1));
        story.goesOn();
        // Then
        assertThat(story.newest().outcome()).isEqualTo(outcome);
        assertThat(story.cluster.jobs()).hasSize(stays ? 1 : 0);
    }

    @Test
    void a_job_that_stays_goes_when_the_next_run_has_ended() {
        // Given
        var story = Story.of("retention: Always").isMigratedTo("web", "shop:v1");
        // When
        story.isMigratedTo("web", "shop:v2");
        story.cluster.passes(Duration.ofMinutes(1));
        story.goesOn();
        // Then
        assertThat(story.cluster.jobs()).hasSize(1);
        assertThat(story.cluster.jobs().getFirst().getMetadata().getName())
                .isEqualTo(story.newest().job());
    }

    @Test
    void a_finished_job_stays_for_thirty_seconds_in_any_case() {
        // Given
        var job = Jobs.of(Migrators.shop(), WEB).succeeded().letGo();
        var settled = after(job, "2026-03-01T10:00:00Z");
        // When
        var early = Seen.of(settled).jobs(job).at(Migrators.T0.plusSeconds(29)).plan();
        var late = Seen.of(settled).jobs(job).at(Migrators.T0.plusSeconds(30)).plan();
        // Then
        assertThat(early.then()).isEmpty();
        assertThat(early.lookAgainIn()).hasValue(Duration.ofSeconds(1));
        assertThat(late.then()).containsExactly(new Action.DeleteJob(job.job()));
        assertThat(late.lookAgainIn()).isEmpty();
    }

    @Test
    void a_job_is_let_go_only_when_its_outcome_stands_in_the_status() {
        // Given
        var job = Jobs.of(Migrators.shop(), WEB).succeeded();
        // When
        var going = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).waiting())
                .jobs(Jobs.of(Migrators.shop(), WEB).running())
                .plan();
        var settling = Seen.of(Migrators.shop()).jobs(job).plan();
        // Then
        assertThat(Seen.actions(going, Action.LetGoOfJob.class)).isEmpty();
        assertThat(settling.status().history()).extracting(HistoryEntry::id).containsExactly(job.id());
        assertThat(Seen.actions(settling, Action.LetGoOfJob.class)).hasSize(1);
    }

    @Test
    void a_job_in_deletion_is_let_go_and_not_deleted_again() {
        // Given
        var job = Jobs.of(Migrators.shop(), WEB).succeeded().deleted();
        // When
        var plan = Seen.of(after(job, "2026-03-01T09:00:00Z")).jobs(job).plan();
        // Then
        assertThat(plan.then()).containsExactly(new Action.LetGoOfJob(job.job()));
    }

    @Test
    void a_job_that_history_has_forgotten_goes_at_once_and_is_no_news() {
        // Given
        var job = Jobs.of(Migrators.shop(), WEB).failed().letGo();
        // When
        var plan = Seen.of(Migrators.shop()).jobs(job).plan();
        // Then
        assertThat(plan.status().history()).isEmpty();
        assertThat(plan.then()).containsExactly(new Action.DeleteJob(job.job()));
    }

    @Test
    void a_history_of_one_forgets_older_runs_but_none_of_their_jobs_is_settled_again() {
        // Given
        var story = Story.of("historyLimit: 1", "retention: Always").isMigratedTo("web", "shop:v1");
        story.cluster
                .pods()
                .forEach(pod -> story.cluster.deletesPod(pod.getMetadata().getName()));
        // When
        story.isMigratedTo("web", "shop:v2");
        story.cluster.passes(Duration.ofMinutes(1));
        story.goesOn();
        // Then
        assertThat(story.cluster.status().history())
                .extracting(HistoryEntry::revision)
                .containsExactly("shop:v2");
        assertThat(story.cluster.jobs()).hasSize(1);
    }

    @Test
    void while_a_job_has_no_pod_its_events_are_looked_at_again() {
        // When
        var plan = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).waiting())
                .jobs(Jobs.of(Migrators.shop(), WEB))
                .plan();
        // Then
        assertThat(plan.lookAgainIn()).hasValue(Duration.ofSeconds(3));
    }

    private static Migrator after(Jobs job, String completed) {
        var entry = Migrators.entry(job.id(), "shop:v1", Outcome.Succeeded);
        return Migrators.with(
                Migrators.shop(),
                new History(
                        List.of(new HistoryEntry(
                                entry.id(),
                                entry.revision(),
                                entry.image(),
                                entry.workload(),
                                job.name(),
                                entry.outcome(),
                                entry.inputs(),
                                null,
                                completed,
                                completed,
                                1,
                                null)),
                        "shop:v1"));
    }

    @Test
    void a_job_without_a_pod_is_looked_at_less_and_less_often() {
        // Given
        var job = Jobs.of(Migrators.shop(), WEB);
        var seen =
                Seen.of(Migrators.shop()).pods(Pods.of("web-1", WEB).waiting()).jobs(job);
        // Then
        assertThat(seen.at(Migrators.T0.plusSeconds(5)).plan().lookAgainIn()).hasValue(Duration.ofSeconds(3));
        assertThat(seen.at(Migrators.T0.plusSeconds(100)).plan().lookAgainIn()).hasValue(Duration.ofSeconds(10));
        assertThat(seen.at(Migrators.T0.plusSeconds(7200)).plan().lookAgainIn()).hasValue(Duration.ofMinutes(1));
    }

    @Test
    void a_job_that_was_deleted_without_its_pods_is_not_stopped_again_and_again() {
        // Given
        var deleted = Jobs.of(Migrators.shop(), WEB).running().deleted();
        var orphaned = deleted.orphaned();
        // When
        var withPods = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).waiting())
                .jobs(deleted)
                .plan();
        var without = Seen.of(Migrators.shop())
                .pods(Pods.of("web-1", WEB).waiting())
                .jobs(orphaned)
                .plan();
        // Then
        assertThat(Seen.actions(withPods, Action.StopJob.class)).hasSize(1);
        assertThat(Seen.actions(without, Action.StopJob.class)).isEmpty();
        assertThat(Seen.message(without)).contains("has been deleted; its pod's end is awaited");
        assertThat(without.start()).isEmpty();
    }
}
