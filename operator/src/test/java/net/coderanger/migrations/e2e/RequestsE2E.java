package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.Objects;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.Phase;
import org.junit.jupiter.api.Test;

/** Control annotations that no how-to page is about, stamped by the installed operator's admission. */
@EndToEnd
class RequestsE2E {

    private static final Duration A_WHILE = Duration.ofSeconds(4);

    @Test
    void run_runs_the_migration_again_once(TestNamespace namespace) {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");

        // When
        namespace.annotate("web", "run", "ticket 4711");

        // Then
        namespace.await(() -> assertThat(namespace.status("web").history()).hasSize(2));
        assertHandled(namespace, "run", "ticket 4711");

        // When
        namespace.annotate("web", "run", "ticket 4711");

        // Then
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().migrations()).hasSize(2));
    }

    @Test
    void a_suspended_run_ends_its_step_and_starts_the_next_when_it_is_resumed(TestNamespace namespace) {
        // Given
        namespace.apply(
                migrator("web", "web", "sleep 1", "before: [{name: slow, command: [sleep, '15']}]"),
                deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace.annotate("web", "suspend-run", "1");

        // Then
        namespace.await(() -> assertThat(namespace.status("web").phase()).isEqualTo(Phase.Suspended));
        assertThat(namespace.condition("web", "Ready").reason()).isEqualTo("RunSuspended");
        namespace.await(() -> assertThat(namespace.recorder().migrations())
                .as("the step went on to its end")
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.finishedAt()).isPresent();
                    assertThat(step.exitCode()).isZero();
                }));
        assertThat(Objects.requireNonNull(namespace.status("web").run()).suspended())
                .isTrue();
        namespace.stays(
                A_WHILE, () -> assertThat(namespace.recorder().migrations()).hasSize(1));

        // When
        namespace.annotate("web", "resume-run", "1");

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        assertThat(namespace.recorder().migrations()).hasSize(2);
        assertHandled(namespace, "suspend-run", "1");
        assertHandled(namespace, "resume-run", "1");
    }

    private static void assertHandled(TestNamespace namespace, String annotation, String value) {
        assertThat(namespace.status("web").handledRequests())
                .filteredOn(request -> request.request().equals(annotation))
                .extracting(HandledRequest::value)
                .containsExactly(value);
        var by = namespace.status("web").handledRequests().stream()
                .filter(request -> request.request().equals(annotation))
                .map(HandledRequest::by)
                .findFirst()
                .orElseThrow();
        assertThat(by).isNotBlank();
        namespace.await(() -> assertThat(namespace.events("RequestAnswered"))
                .extracting(Event::getMessage)
                .anyMatch(message -> message.startsWith(annotation + " " + value + ", asked for by " + by + ": ")));
    }
}
