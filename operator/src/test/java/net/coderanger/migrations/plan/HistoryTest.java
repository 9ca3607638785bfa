package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is remembered, and for how long? */
class HistoryTest {

    @Test
    void the_newest_entries_are_kept() {
        // When
        var trimmed = history("d", "c", "b", "a").trimmed(2, Set.of(), Set.of());
        // Then
        assertThat(ids(trimmed)).containsExactly("d", "c");
    }

    @Test
    void a_success_in_use_is_kept_beyond_the_limit_and_in_its_order() {
        // When
        var trimmed = history("d", "c", "b", "a").trimmed(1, Set.of("shop:a", "shop:c"), Set.of());
        // Then
        assertThat(ids(trimmed)).containsExactly("d", "c", "a");
    }

    @Test
    void of_a_revision_in_use_the_newest_failure_is_kept_beside_its_newest_success() {
        // Given
        var history = new History(
                List.of(
                        Migrators.entry("e", "shop:v2", Outcome.Succeeded),
                        Migrators.entry("d", "shop:v1", Outcome.Failed),
                        Migrators.entry("c", "shop:v1", Outcome.Failed),
                        Migrators.entry("b", "shop:v1", Outcome.Succeeded),
                        Migrators.entry("a", "shop:v1", Outcome.Succeeded)),
                null);
        // When
        var trimmed = history.trimmed(1, Set.of("shop:v1"), Set.of());
        // Then
        assertThat(ids(trimmed)).containsExactly("e", "d", "b");
    }

    @Test
    void a_run_whose_job_is_still_there_is_kept() {
        // When
        var trimmed = history("c", "b", "a").trimmed(1, Set.of(), Set.of("a"));
        // Then
        assertThat(ids(trimmed)).containsExactly("c", "a");
    }

    @Test
    void a_failed_run_does_not_make_a_revision_migrated() {
        // Given
        var history = new History(
                List.of(
                        Migrators.entry("b", "shop:v2", Outcome.Replaced),
                        Migrators.entry("a", "shop:v1", Outcome.Failed)),
                null);
        // Then
        assertThat(history.migrated("shop:v1")).isFalse();
        assertThat(history.migrated("shop:v2")).isFalse();
    }

    @Test
    void only_a_success_changes_the_last_successful_migration() {
        // Given
        var history = new History(List.of(), "shop:v0");
        // When
        var failed = history.with(Migrators.entry("a", "shop:v1", Outcome.Failed));
        var succeeded = failed.with(Migrators.entry("b", "shop:v1", Outcome.Succeeded));
        // Then
        assertThat(failed.lastSuccessfulMigration()).isEqualTo("shop:v0");
        assertThat(succeeded.lastSuccessfulMigration()).isEqualTo("shop:v1");
        assertThat(ids(succeeded)).containsExactly("b", "a");
    }

    @Test
    void no_status_is_an_empty_history() {
        assertThat(History.of(null).entries()).isEmpty();
        assertThat(History.of(MigratorStatus.EMPTY).migrated("shop:v1")).isFalse();
    }

    @DisplayName("a revision that a live pod uses is remembered through any number of runs")
    @Test
    void what_is_in_use_is_never_forgotten() {
        // Given
        var story = Story.of("historyLimit: 1").isMigratedTo("web", "shop:v1");
        var old = story.cluster.workload("web").template();
        // When
        for (var version = 2; version < 6; version++) {
            story.isMigratedTo("worker", "shop:v" + version);
        }
        var pod = story.cluster.addsPod("web", old, Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isEqualTo(1);
    }

    @DisplayName("taken over from the original: its last image is migrated")
    @Test
    void what_the_original_has_migrated_is_not_run_again() {
        // Given
        var story = takenOver();
        // When
        var pod = story.cluster.addsPod("web", story.cluster.workload("web").template(), Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isZero();
    }

    @DisplayName("P1-d: taken over from the original: its last image stays migrated after the next one is")
    @Test
    void what_the_original_has_migrated_is_not_forgotten() {
        // Given
        var story = takenOver();
        var old = story.cluster.workload("web").template();
        story.isMigratedTo("web", "shop:v2");
        // When
        var pod = story.cluster.addsPod("web", old, Gate.InitContainer);
        story.goesOn();
        // Then
        assertThat(story.started(pod)).isTrue();
        assertThat(story.runs("shop:v1")).isZero();
        story.isAtRest();
    }

    @Test
    void an_entry_tells_all_that_is_known_of_its_run() {
        // Given
        var story = Story.of("trigger: t1", "image: tools:7").rollsOut("web", "shop:v1");
        var job = story.cluster.jobs().getFirst();
        // When
        story.migrationSucceeds();
        // Then
        var entry = story.newest();
        assertThat(List.of(entry.revision(), entry.image(), entry.workload(), entry.job()))
                .containsExactly(
                        "shop:v1",
                        "tools:7",
                        "Deployment/web",
                        job.getMetadata().getName());
        assertThat(entry.trigger()).isEqualTo("t1");
        assertThat(entry.attempts()).isEqualTo(1);
        assertThat(entry.startTime()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(entry.completionTime()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(entry.inputs()).matches("\\d+-[0-9a-f]{16}");
    }

    private static Story takenOver() {
        var migrator = Migrators.with(Migrators.shop(), new History(List.of(), "shop:v1"));
        var story = new Story(migrator);
        story.cluster.witness.knowsMigrated("shop:v1");
        story.cluster.rollsOut("web", "shop:v1");
        return story;
    }

    private static History history(String... ids) {
        return new History(
                Arrays.stream(ids)
                        .map(id -> Migrators.entry(id, "shop:" + id, Outcome.Succeeded))
                        .toList(),
                null);
    }

    private static List<String> ids(History history) {
        return history.entries().stream().map(HistoryEntry::id).toList();
    }

    @Test
    void a_revision_that_was_taken_back_is_not_migrated_any_more_and_that_is_not_forgotten() {
        // Given
        var up1 = Migrators.entry("1", "shop:v1", Outcome.Succeeded);
        var up2 = Migrators.entry("2", "shop:v2", Outcome.Succeeded);
        var down = Migrators.down("3", "shop:v2", "shop:v1");
        var others = List.of(
                Migrators.entry("5", "shop:v4", Outcome.Failed), Migrators.entry("4", "shop:v3", Outcome.Failed));
        var history = new History(
                Stream.concat(others.stream(), Stream.of(down, up2, up1)).toList(), null);
        // Then
        assertThat(history.migrated("shop:v2")).isFalse();
        assertThat(history.migrated("shop:v1")).isTrue();
        assertThat(history.trimmed(1, Set.of("shop:v2"), Set.of()).migrated("shop:v2"))
                .isFalse();
        assertThat(history.with(Migrators.entry("6", "shop:v2", Outcome.Succeeded))
                        .migrated("shop:v2"))
                .isTrue();
    }

    @Test
    void only_the_newest_twenty_keep_what_takes_room() {
        // Given
        var entry = Migrators.entry("a", "shop:a", Outcome.Succeeded);
        var whole = new HistoryEntry(
                entry.id(),
                entry.revision(),
                entry.image(),
                entry.workload(),
                entry.job(),
                entry.outcome(),
                entry.inputs(),
                entry.trigger(),
                entry.startTime(),
                entry.completionTime(),
                1,
                List.of(),
                "ann",
                null,
                "why",
                "output");
        // When
        var trimmed = new History(Collections.nCopies(100, whole), null).trimmed(100, Set.of(), Set.of());
        // Then
        assertThat(trimmed.entries()).hasSize(100);
        assertThat(trimmed.entries().subList(0, 20)).containsOnly(whole);
        assertThat(trimmed.entries().subList(20, 100)).containsOnly(whole.brief());
        assertThat(whole.brief().output()).isNull();
        assertThat(whole.brief().approvedBy()).isEqualTo("ann");
    }
}
