package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.WAITER;
import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each folder beside this test is a case: a pod, the gates it is to get, and the pod that it becomes. */
class PodInjectionTest {

    private static final Set<String> FILES = Set.of("in-pod.yaml", "in-gates.yaml", "out-pod.yaml");

    @TestFactory
    Stream<DynamicTest> pods_become_what_the_files_say() throws Exception {
        var cases =
                Path.of(PodInjectionTest.class.getResource("PodInjectionTest").toURI());
        return folders(cases).stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }

    private static void check(Path folder) throws IOException {
        assertThat(names(folder)).containsExactlyInAnyOrderElementsOf(FILES);
        var pod = read(folder, "in-pod.yaml");
        var gates = gates(read(folder, "in-gates.yaml"));

        var after = applied(PodInjection.patch(pod, gates, WAITER), pod);

        assertThat(after.toPrettyString())
                .isEqualTo(read(folder, "out-pod.yaml").toPrettyString());
        assertThat(PodInjection.patch(after, gates, WAITER))
                .as("the patch of a pod that is gated already")
                .isEmpty();
    }

    @Test
    void a_pod_with_nothing_in_it_gets_every_parent_it_needs() {
        var patch = PodInjection.patch(json("{metadata: {}, spec: {}}"), List.of(gate("db")), WAITER);

        assertThat(patch.valueStream().map(operation -> operation.path("path").textValue()))
                .containsExactly(
                        "/spec/volumes",
                        "/spec/initContainers",
                        "/metadata/annotations",
                        "/metadata/annotations/migrations.coderanger.net~1gated-by");
    }

    @Test
    void the_order_of_waiters_does_not_depend_on_the_order_of_migrators() {
        var pod = json("{metadata: {}, spec: {initContainers: [{name: seed}]}}");

        var one = applied(PodInjection.patch(pod, List.of(gate("b"), gate("c"), gate("a")), WAITER), pod);
        var other = applied(PodInjection.patch(pod, List.of(gate("c"), gate("a"), gate("b")), WAITER), pod);

        assertThat(one).isEqualTo(other);
        assertThat(Json.names(one.at("/spec/initContainers")))
                .containsExactly("migrate-wait-a", "migrate-wait-b", "migrate-wait-c", "seed");
    }

    @Test
    void a_second_migrator_joins_the_first() {
        var pod = json("{metadata: {}, spec: {initContainers: [{name: seed}]}}");
        var first = applied(PodInjection.patch(pod, List.of(gate("b")), WAITER), pod);

        var second = applied(PodInjection.patch(first, List.of(gate("a"), gate("b")), WAITER), first);

        assertThat(second.at("/spec/initContainers"))
                .isEqualTo(applied(PodInjection.patch(pod, List.of(gate("a"), gate("b")), WAITER), pod)
                        .at("/spec/initContainers"));
        assertThat(second.at("/spec/volumes")).hasSize(1);
        assertThat(second.at("/spec/volumes/0/downwardAPI/items").valueStream().map(item -> Json.text(item, "path")))
                .containsExactly("b", "a");
    }

    @Test
    void names_that_are_too_long_for_the_api_are_shortened_everywhere() {
        var name = "a".repeat(100) + "." + "b".repeat(100);
        var pod = json("{metadata: {}, spec: {}}");

        var after = applied(PodInjection.patch(pod, List.of(gate(name)), WAITER), pod);

        var container = after.at("/spec/initContainers/0");
        assertThat(Json.text(container, "name")).hasSizeLessThanOrEqualTo(63).doesNotContain(".");
        var item = after.at("/spec/volumes/0/downwardAPI/items/0");
        assertThat(Json.text(item, "path")).hasSizeLessThanOrEqualTo(63);
        assertThat(Json.texts(container.path("args")).get(1)).endsWith("/" + Json.text(item, "path"));
        assertThat(item.at("/fieldRef/fieldPath").textValue())
                .isEqualTo("metadata.annotations['" + Annotations.released(name) + "']");
        assertThat(Json.texts(container.path("args")).get(2)).isEqualTo(name);
    }

    @Test
    void dollars_in_a_revision_are_not_expanded_by_the_kubelet() {
        var gate = new PodGate("db", PodGate.Kind.INIT_CONTAINER, true, Optional.of("$(POD_UID) $x"));
        var pod = json("{metadata: {}, spec: {}}");

        var after = applied(PodInjection.patch(pod, List.of(gate), WAITER), pod);

        assertThat(after.at("/spec/initContainers/0/args/3").textValue()).isEqualTo("$$(POD_UID) $$x");
    }

    @Test
    void a_waiter_without_requests_and_limits_has_no_resources() {
        var waiter = new WaiterContainer("operator:1", "Never", Map.of(), Map.of());
        var pod = json("{metadata: {}, spec: {}}");

        var after = applied(PodInjection.patch(pod, List.of(gate("db")), waiter), pod);

        assertThat(after.at("/spec/initContainers/0").has("resources")).isFalse();
    }

    private static PodGate gate(String migrator) {
        return new PodGate(migrator, PodGate.Kind.INIT_CONTAINER, true, Optional.empty());
    }

    private static List<PodGate> gates(JsonNode yaml) {
        var gates = new ArrayList<PodGate>();
        for (var gate : yaml) {
            gates.add(new PodGate(
                    Json.text(gate, "migrator"),
                    PodGate.Kind.valueOf(Json.text(gate, "kind")),
                    gate.path("selected").asBoolean(),
                    Optional.of(Json.text(gate, "revision")).filter(revision -> !revision.isEmpty())));
        }
        return gates;
    }

    private static JsonNode read(Path folder, String file) throws IOException {
        return json(Files.readString(folder.resolve(file)));
    }

    private static List<Path> folders(Path cases) throws IOException {
        try (var folders = Files.list(cases)) {
            return folders.sorted().toList();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        return folders(folder).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }
}
