package com.example.shop.story;

import static com.example.shop.story.Seen.at;
import static com.example.shop.story.Seen.ended;
import static com.example.shop.story.Seen.gated;
import static com.example.shop.story.Seen.job;
import static com.example.shop.story.Seen.pod;
import static com.example.shop.story.Seen.running;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.shop.story.Proof.Claim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A run in which all went well proves every claim; each thing that goes wrong refutes the claim that it concerns. */
class ProofsTest {

    private final GoodRun seen = new GoodRun();

    @Test
    void all_claims_hold_when_all_went_well() {
        assertThat(refuted()).isEmpty();
    }

    @Test
    void a_migration_that_ran_twice_is_seen_in_the_ledger() {
        seen.runs.add(GoodRun.run("v2", 32, 33, "succeeded"));

        assertThat(refuted()).contains(Claim.ONCE);
    }

    @Test
    void a_second_job_for_a_version_is_seen() {
        seen.jobs.add(new JobSeen("again", "again", "again", "shop:v1", Optional.of(at(5)), List.of()));

        assertThat(refuted()).containsExactly(Claim.ONCE);
    }

    @Test
    void a_second_container_of_a_migration_is_seen() {
        seen.pods.add(new PodSeen(
                "retry",
                "retry",
                "",
                "run-v2",
                "shop:v2",
                Optional.of(at(25)),
                false,
                false,
                List.of(),
                List.of(),
                List.of(running("migrations", at(26)))));

        assertThat(refuted()).contains(Claim.ONCE);
    }

    @Test
    void a_migration_that_never_ran_is_missed() {
        seen.runs.removeFirst();

        assertThat(refuted()).contains(Claim.ONCE, Claim.CLOSED);
    }

    @Test
    void another_history_than_flyway_should_have_is_seen() {
        seen.flyway.add("3");

        assertThat(refuted()).containsExactly(Claim.ONCE);
    }

    @Test
    void a_start_before_the_end_of_its_migration_is_seen() {
        seen.starts.add(GoodRun.start("v2", 30.9));

        assertThat(refuted()).containsExactly(Claim.CLOSED);
    }

    @Test
    void a_start_on_an_older_schema_is_seen() {
        seen.starts.add(new Evidence.Start("v2", "x", at(40).getEpochSecond(), false));

        assertThat(refuted()).containsExactly(Claim.CLOSED);
    }

    @Test
    void a_container_that_started_too_early_is_seen_even_if_it_wrote_nothing() {
        seen.pods.add(gated("e", "v2", at(19), ended("shop", at(30), at(30), 1)));

        assertThat(refuted()).containsExactly(Claim.CLOSED);
    }

    @Test
    void without_starts_nothing_is_proven() {
        seen.starts.removeIf(start -> start.version().equals("v1"));

        assertThat(refuted()).containsExactly(Claim.CLOSED);
    }

    @Test
    void a_container_of_the_failed_version_is_seen() {
        seen.pods.add(gated("e", "v3", at(49), running("shop", at(52))));

        assertThat(refuted()).containsExactlyInAnyOrder(Claim.CLOSED, Claim.NEVER_RAN);
    }

    @Test
    void a_start_of_the_failed_version_is_seen() {
        seen.starts.add(GoodRun.start("v3", 52));

        assertThat(refuted()).containsExactlyInAnyOrder(Claim.CLOSED, Claim.NEVER_RAN);
    }

    @Test
    void without_a_pod_of_the_failed_version_nothing_is_proven() {
        seen.pods.removeIf(pod -> pod.name().equals("c"));

        assertThat(refuted()).containsExactly(Claim.NEVER_RAN);
    }

    @Test
    void a_rollback_that_takes_long_is_seen() {
        seen.marks.put("rolled back", at(75));

        assertThat(refuted()).containsExactly(Claim.ROLLBACK);
    }

    @Test
    void a_migration_after_the_rollback_is_seen() {
        seen.runs.add(GoodRun.run("v2", 61, 62, "succeeded"));

        assertThat(refuted()).contains(Claim.ROLLBACK);
    }

    @Test
    void a_job_after_the_rollback_is_seen() {
        seen.jobs.add(job("v0", at(61)));

        assertThat(refuted()).containsExactly(Claim.ROLLBACK);
    }

    @Test
    void a_rollback_that_starts_no_pod_proves_nothing() {
        seen.pods.removeIf(pod -> pod.name().equals("d"));

        assertThat(refuted()).containsExactly(Claim.ROLLBACK);
    }

    @Test
    void a_failed_request_is_seen() {
        seen.visits = "visits=500 failed=1 versions=v2";

        assertThat(refuted()).containsExactly(Claim.SERVED);
    }

    @Test
    void visitors_who_stay_away_in_the_end_prove_nothing() {
        seen.visits = "visits=500 failed=0 versions=";

        assertThat(refuted()).containsExactly(Claim.SERVED);
    }

    @Test
    void a_handful_of_requests_proves_nothing() {
        seen.visits = "visits=99 failed=0 versions=v2";

        assertThat(refuted()).containsExactly(Claim.SERVED);
    }

    @Test
    void a_history_without_the_cause_is_seen() {
        seen.history = List.of(
                new MigratorSeen.Run("shop:v3", "Failed", "exit code 1"),
                new MigratorSeen.Run("shop:v2", "Succeeded", ""),
                new MigratorSeen.Run("shop:v1", "Succeeded", ""));

        assertThat(refuted()).containsExactly(Claim.REMEMBERED);
    }

    @Test
    void without_any_evidence_no_claim_holds() {
        var nothing = new Evidence(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Map.of());

        assertThat(Proofs.of(nothing)).hasSameSizeAs(Claim.values()).noneMatch(Proof::holds);
    }

    private Set<Claim> refuted() {
        return Proofs.of(seen.evidence()).stream()
                .filter(proof -> !proof.holds())
                .map(Proof::claim)
                .collect(Collectors.toSet());
    }
}
