package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How long it takes and how much it needs, measured with the installed operator on a real node: {@code testbed/figures}. Fewer
 * of each with {@code -Dfigures.releases}, {@code figures.rounds}, {@code figures.pods} and {@code figures.admissions}.
 */
@EndToEnd
@Execution(ExecutionMode.SAME_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Figures {

    private static final int RELEASES = Integer.getInteger("figures.releases", 12);
    private static final int ROUNDS = Integer.getInteger("figures.rounds", 3);
    private static final int PODS = Integer.getInteger("figures.pods", 50);
    private static final int ADMISSIONS = Integer.getInteger("figures.admissions", 1000);
    private static final int CREATORS = 8;
    private static final int WARM_UP = 100;
    private static final int STARTS = 20;

    private static final double ONE_POD_MILLIS = 250;
    private static final double LAST_POD_MILLIS = 1500;

    private final FiguresTable table = new FiguresTable();
    private final FiguresReport report = new FiguresReport(table);

    @BeforeAll
    void begin() {
        table.note("Load average of the last minute when the run began: " + FiguresNode.load() + ", processors: "
                + Runtime.getRuntime().availableProcessors() + ".");
    }

    @AfterAll
    void print() throws IOException {
        table.write(Path.of("target", "figures.md"));
        System.out.println(table.markdown());
    }

    @ParameterizedTest
    @Order(1)
    @EnumSource
    void one_waiting_pod_is_released_at_once(FiguresGate gate, TestNamespace namespace) {
        // When
        var rounds = rounds(namespace, gate, RELEASES, 1);

        // Then
        if (!gate.byOperator()) {
            report.byHand(gate, 1, rounds);
            return;
        }
        var last = FiguresSamples.of(
                rounds.stream().map(FiguresRelease.Round::last).toList());
        report.releases(gate, 1, rounds, "p50 < " + (int) ONE_POD_MILLIS + " ms");
        report.podToJob(gate, rounds);
        assertThat(last.median()).as("the gate's own latency, one pod, in ms").isLessThan(ONE_POD_MILLIS);
    }

    @ParameterizedTest
    @Order(2)
    @EnumSource
    void many_waiting_pods_are_released_together(FiguresGate gate, TestNamespace namespace) {
        // When
        var rounds = rounds(namespace, gate, ROUNDS, PODS);

        // Then
        if (!gate.byOperator()) {
            report.byHand(gate, PODS, rounds);
            return;
        }
        var last = FiguresSamples.of(
                rounds.stream().map(FiguresRelease.Round::last).toList());
        report.releases(gate, PODS, rounds, "");
        report.last(gate, PODS, rounds, "p50 < " + (int) LAST_POD_MILLIS + " ms");
        if (gate.hasWaiter()) {
            report.memory(
                    "waiter, while it waits",
                    "the original's: 16 MB",
                    rounds.stream().flatMap(round -> round.waiters().stream()).toList());
        }
        assertThat(last.median())
                .as("the gate's own latency, last of %d pods, in ms", PODS)
                .isLessThan(LAST_POD_MILLIS);
    }

    @Test
    @Order(3)
    void admission_takes_little_time(TestNamespace namespace) throws Exception {
        var admission = new FiguresAdmission(namespace);
        admission.measure(WARM_UP, 1);
        for (var creators : List.of(1, CREATORS)) {
            // When
            var times = admission.measure(ADMISSIONS, creators);

            // Then
            var without = times.of(FiguresAdmission.Subject.WITHOUT_WEBHOOK);
            var with = creators == 1 ? "one at a time" : creators + " at a time";
            for (var subject : FiguresAdmission.Subject.values()) {
                var words = subject.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                report.add("pod creation, " + with + ": " + words, times.of(subject));
                if (subject != FiguresAdmission.Subject.WITHOUT_WEBHOOK) {
                    table.addDifference("— added by the webhook", times.of(subject), without, "without webhook");
                }
            }
            assertThat(without.count()).isEqualTo(ADMISSIONS / creators * creators);
        }
    }

    @Test
    @Order(4)
    void memory_of_the_operator(TestNamespace namespace) {
        // Given
        report.memory("operator, after all this", "", operators(namespace));
        var restarts = restarts(namespace);

        // When
        namespace.stays(
                Duration.ofMinutes(1), () -> assertThat(restarts(namespace)).isEqualTo(restarts));

        // Then
        report.memory("operator, idle for a minute", "the original's: 36 MB", operators(namespace));
    }

    @Test
    @Order(5)
    void start_of_the_waiter(TestNamespace namespace) throws Exception {
        // Given
        var gate = FiguresGate.INIT_CONTAINER;
        namespace.apply(gate.migratorManifest(), gate.deploymentManifest("r1", 1));
        namespace.await(() -> assertThat(namespace.recorder().waiters()).hasSize(1));
        var pod = namespace.pods("web").getFirst();
        var waiter = pod.getSpec().getInitContainers().getFirst();

        // When
        var process = FiguresNode.process(pod.getMetadata().getUid(), "waiter.args");
        var starts = process.isEmpty()
                ? FiguresSamples.of(List.of())
                : new FiguresWaiterStart(process.get(), waiter).starts(STARTS);

        // Then
        report.add("waiter: process started → first line, without its CPU limit", starts);
        assertThat(process.isEmpty() || starts.count() == STARTS).isTrue();
    }

    private static List<FiguresRelease.Round> rounds(TestNamespace namespace, FiguresGate gate, int rounds, int pods) {
        try (var release = new FiguresRelease(namespace, gate)) {
            release.warmUp();
            return release.rounds(rounds, pods);
        }
    }

    private static List<FiguresNode.Memory> operators(TestNamespace namespace) {
        return operatorPods(namespace)
                .flatMap(pod -> FiguresNode.process(pod.getMetadata().getUid(), "operator.args").stream())
                .map(FiguresNode::memory)
                .toList();
    }

    private static List<Integer> restarts(TestNamespace namespace) {
        return operatorPods(namespace)
                .map(pod -> pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                .toList();
    }

    private static Stream<Pod> operatorPods(TestNamespace namespace) {
        return namespace
                .client()
                .pods()
                .inNamespace("migrations-operator")
                .withLabel("app.kubernetes.io/name", "migrations-operator")
                .list()
                .getItems()
                .stream();
    }
}
