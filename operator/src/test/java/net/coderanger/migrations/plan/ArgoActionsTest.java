package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.Test;

/** Does the operator do what Argo CD's actions ask for? What they ask for is in the documents that Argo CD's own Lua has made. */
class ArgoActionsTest {

    private static final Path OUTPUTS =
            Path.of("..", "argocd/resource_customizations/migrations.coderanger.net/Migrator/actions/testdata");

    @Test
    void approve_lets_a_run_start() throws IOException {
        assertThat(after("approve", "awaiting-approval").step()).isEqualTo("migration");
    }

    @Test
    void approve_lets_a_run_go_on() throws IOException {
        assertThat(after("approve", "awaiting-approval-of-a-step").step()).isEqualTo("migration");
    }

    @Test
    void reject_keeps_a_run_from_starting() throws IOException {
        var story = after("reject", "awaiting-approval");

        assertThat(story.newest().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(story.stepsStarted()).isEmpty();
    }

    @Test
    void reject_ends_a_run() throws IOException {
        var story = after("reject", "awaiting-approval-of-a-step");

        assertThat(story.newest().outcome()).isEqualTo(Outcome.Rejected);
        assertThat(story.stepsStarted()).doesNotContain("migration");
    }

    @Test
    void retry_starts_a_failed_run_again() throws IOException {
        assertThat(after("retry", "failed").step()).isEqualTo("migration");
    }

    @Test
    void retry_starts_a_run_again_that_was_retried_in_vain() throws IOException {
        assertThat(after("retry", "retried-in-vain").step()).isEqualTo("migration");
    }

    @Test
    void retry_skips_the_wait_for_the_next_attempt() throws IOException {
        assertThat(after("retry", "retrying").step()).isEqualTo("migration");
    }

    @Test
    void run_runs_a_migrated_revision_again() throws IOException {
        assertThat(after("run", "migrated").step()).isEqualTo("migration");
    }

    @Test
    void cancel_ends_a_run() throws IOException {
        assertThat(after("cancel", "running-a-step").newest().outcome()).isEqualTo(Outcome.Cancelled);
    }

    @Test
    void suspend_lets_a_run_pause_after_its_step() throws IOException {
        var story = after("suspend", "running-a-step").succeeds("migration");

        assertThat(story.phase()).isEqualTo(Phase.Suspended);
        assertThat(story.step()).isEmpty();
    }

    @Test
    void suspend_lets_a_run_pause_again_that_was_resumed() throws IOException {
        var story = after("suspend", "resumed").succeeds("backup");

        assertThat(story.phase()).isEqualTo(Phase.Suspended);
    }

    @Test
    void suspend_keeps_the_next_run_from_starting() throws IOException {
        var story = after("suspend", "migrated").rollsOut("web", "shop:v2");

        assertThat(story.phase()).isEqualTo(Phase.Suspended);
    }

    @Test
    void resume_lets_a_run_go_on() throws IOException {
        assertThat(after("resume", "run-suspended").step()).isEqualTo("backup");
    }

    @Test
    void resume_lets_a_run_start() throws IOException {
        assertThat(after("resume", "suspended").step()).isEqualTo("migration");
    }

    /** A state, after somebody has used an action there. */
    private static Story after(String action, String state) throws IOException {
        var played = States.all().stream()
                .filter(any -> any.name().equals(state))
                .findFirst()
                .orElseThrow();
        var story = played.given().get();
        played.when().accept(story);
        var output = new KubernetesSerialization()
                .unmarshal(
                        Files.readString(OUTPUTS.resolve(action + "-" + state + ".yaml")),
                        GenericKubernetesResource.class);
        if (Boolean.TRUE.equals(output.get("spec", "suspend"))
                != story.cluster.migrator().getSpec().suspended()) {
            story.cluster.changesSpec(lines(output));
        }
        var asked = Objects.requireNonNullElse(output.getMetadata().getAnnotations(), Map.<String, String>of());
        for (var what : ControlAnnotation.values()) {
            Optional.ofNullable(asked.get(what.key())).ifPresent(value -> story.cluster.annotates(what, value));
        }
        return story.goesOnAtOnce();
    }

    private static String lines(GenericKubernetesResource migrator) {
        return new KubernetesSerialization()
                .asYaml(migrator.<Map<String, Object>>get("spec"))
                .replace("---\n", "");
    }
}
