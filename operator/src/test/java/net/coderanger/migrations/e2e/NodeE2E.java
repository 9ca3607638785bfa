package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What needs a hand on the node: the testbed's node is this machine. */
@EndToEnd
@Isolated
@Tag("node")
class NodeE2E {

    private InstalledOperator operator;

    @BeforeEach
    void operator() {
        operator = new InstalledOperator();
    }

    @AfterEach
    void back() {
        operator.close();
    }

    @Test
    @DisplayName("B26: a pod without any network waits and is released")
    void a_pod_that_is_cut_off_from_the_network_is_released(TestNamespace namespace) throws Exception {
        // Given
        namespace.apply(migrator("web", "web", UNTIL_TOLD), deployment("web", "app:v1", 1));
        namespace.await(() -> assertThat(namespace.recorder().waiters()).hasSize(1));
        var pod = namespace.pods("web").getFirst();

        // When
        run("nsenter", "--target", processes(pod).getFirst(), "--net", "ip", "link", "set", "eth0", "down");
        namespace.endMigrations();

        // Then
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitOneMigrationBefore("app:v1");
    }

    @Test
    @DisplayName(
            "B26: a pod that was released once passes again after its sandbox is made anew, while the operator is away")
    void a_released_pod_passes_again_without_the_operator(TestNamespace namespace) throws Exception {
        // Given
        namespace.apply(migrator("web", "web", "sleep 1"), deployment("web", "app:v1", 1));
        namespace.awaitRunning("web", "app:v1", 1);
        namespace.awaitReady("web", "app:v1");
        var pod = namespace.running("web").getFirst();
        operator.scale(0);

        // When
        run("kill", "-9", sandbox(pod));

        // Then
        namespace.await(() -> assertThat(namespace.recorder().waiters()).hasSize(2));
        namespace.await(
                () -> assertThat(namespace.recorder().applications("app:v1")).hasSize(2));
        namespace.awaitRunning("web", "app:v1", 1);
        assertThat(namespace.running("web").getFirst().getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
    }

    /** Process ids of a pod's containers, found by the cgroup that kubelet gives the pod. */
    private static List<String> processes(Pod pod) throws IOException {
        try (var all = Files.list(Path.of("/proc"))) {
            var found = all.filter(process -> read(process.resolve("cgroup"))
                            .contains("pod" + pod.getMetadata().getUid()))
                    .map(process -> process.getFileName().toString())
                    .toList();
            assertThat(found)
                    .as("processes of pod %s", pod.getMetadata().getName())
                    .isNotEmpty();
            return found;
        }
    }

    private static String sandbox(Pod pod) throws IOException {
        return processes(pod).stream()
                .filter(process -> read(Path.of("/proc", process, "cmdline")).startsWith("/pause"))
                .findFirst()
                .orElseThrow();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the process has ended, or this is no process
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("%s", List.of(command))
                .isZero();
    }
}
