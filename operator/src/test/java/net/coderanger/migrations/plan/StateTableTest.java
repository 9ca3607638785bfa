package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.plan.StateTable.Health;
import net.coderanger.migrations.plan.StateTable.Played;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The table of states, and the Migrators that Argo CD's health check is tested with, are what the planner does. {@code mvn test -Dgenerate} writes them anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StateTableTest {

    private static final String CUSTOMIZATION = "argocd/resource_customizations/migrations.coderanger.net/Migrator";
    private static final Path TABLE = Path.of("..", "docs", "reference", "states.md");
    private static final Path DOCUMENTS = Path.of("..", CUSTOMIZATION, "testdata");
    private static final Path HEALTH = Path.of("..", CUSTOMIZATION, "health_test.yaml");

    /** What is told by events and by the condition UngatedPods, never by Ready. */
    private static final Set<Reason> NEVER_OF_READY = Set.of(
            Reason.UngatedPodsRunning,
            Reason.EveryPodGated,
            Reason.MigrationsStarted,
            Reason.MigrationsSucceeded,
            Reason.StepStarted,
            Reason.RequestAnswered,
            Reason.ProgressDeadlineNear);

    private List<Played> states = List.of();

    @BeforeAll
    void play() {
        states = States.all().stream().map(Played::of).toList();
    }

    @Test
    void every_kind_of_state_has_a_story() {
        assertThat(states.stream()
                        .map(state -> States.Kind.of(state.status()))
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()))
                .isEqualTo(States.KINDS);
    }

    @Test
    void every_phase_is_a_kind_of_state() {
        assertThat(States.KINDS.stream().map(States.Kind::phase)).contains(Phase.values());
    }

    @Test
    void every_reason_of_ready_is_one_of_a_state() {
        assertThat(States.KINDS.stream().map(States.Kind::reason).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Reason.values())
                        .filter(reason -> !NEVER_OF_READY.contains(reason))
                        .toList());
    }

    @Test
    void names_are_unique() {
        assertThat(states).extracting(state -> state.state().name()).doesNotHaveDuplicates();
    }

    @Test
    void the_table_is_what_the_planner_does() throws IOException {
        var documents = Path.of("..", "docs", "reference").relativize(DOCUMENTS).toString();
        assertCommitted(TABLE, StateTable.markdown(states, documents, health()));
    }

    @Test
    void the_documents_are_what_the_planner_writes() throws IOException {
        for (var state : states) {
            assertCommitted(DOCUMENTS.resolve(state.file()), state.document());
        }
    }

    @Test
    void no_document_is_of_a_state_that_is_gone() throws IOException {
        try (Stream<Path> files = Files.list(DOCUMENTS)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            states.stream().map(Played::file).toList());
        }
    }

    @Test
    void argo_cd_has_a_health_for_every_state() throws IOException {
        assertThat(health().keySet())
                .as("tests in health_test.yaml, which are run with Argo CD's own Lua")
                .containsAll(states.stream().map(Played::file).toList());
    }

    /** What is expected of the health check, by the name of the document. */
    private static Map<String, Health> health() throws IOException {
        var file = new KubernetesSerialization().unmarshal(Files.readString(HEALTH), Map.class);
        var health = new TreeMap<String, Health>();
        for (var any : (List<?>) Objects.requireNonNull(file.get("tests"))) {
            var test = (Map<?, ?>) any;
            var expected = (Map<?, ?>) Objects.requireNonNull(test.get("healthStatus"));
            var document = Path.of(String.valueOf(test.get("inputPath"))).getFileName();
            health.put(
                    document.toString(),
                    new Health(String.valueOf(expected.get("status")), String.valueOf(expected.get("message"))));
        }
        return health;
    }

    private static void assertCommitted(Path file, String content) throws IOException {
        if (System.getProperty("generate") != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        }
        assertThat(file)
                .as("out of date: run mvn test -Dgenerate, look at the difference, and commit it")
                .content()
                .isEqualTo(content);
    }
}
