package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.StepStatus;

/** A run that has succeeded, as kubelet has seen its containers: one for each step, in the order of the steps. */
final class RunSeen {

    private final TestNamespace namespace;
    private final HistoryEntry run;
    private final List<Recorder.Start> containers;

    private RunSeen(TestNamespace namespace, HistoryEntry run, List<Recorder.Start> containers) {
        this.namespace = namespace;
        this.run = run;
        this.containers = containers;
    }

    /** Waits until the end of all of them is known. Fails if a step had another number of containers than one. */
    static RunSeen of(TestNamespace namespace, HistoryEntry run) {
        namespace.await(() -> assertThat(run.steps())
                .isNotEmpty()
                .allSatisfy(step -> assertThat(containers(namespace, step))
                        .singleElement()
                        .satisfies(start ->
                                assertThat(start.finishedAt()).as(step.name()).isPresent())));
        return new RunSeen(
                namespace,
                run,
                run.steps().stream()
                        .map(step -> containers(namespace, step).getFirst())
                        .toList());
    }

    /** A pod's name is its Job's, a dash and five characters. */
    private static List<Recorder.Start> containers(TestNamespace namespace, StepStatus step) {
        var pods = Pattern.compile(Pattern.quote(Objects.requireNonNull(step.job())) + "-[a-z0-9]{5}");
        return namespace.recorder().migrations().stream()
                .filter(start -> pods.matcher(start.pod()).matches())
                .toList();
    }

    /** Asserts that each step started after the end of the one before, and all application containers after the last. */
    void assertOneAfterTheOtherAndThenTheApplication() {
        for (var index = 1; index < containers.size(); index++) {
            assertThat(containers.get(index).startedAt())
                    .as("start of step %s", run.steps().get(index).name())
                    .isGreaterThanOrEqualTo(end(containers.get(index - 1)));
        }
        assertThat(namespace.recorder().applications(run.revision()))
                .isNotEmpty()
                .allSatisfy(start -> assertThat(start.startedAt())
                        .as("start of %s", start.pod())
                        .isGreaterThanOrEqualTo(end(containers.getLast())));
    }

    /** Asserts that this step started when something had happened, and the one before it had ended by then. */
    void assertStartedAfter(String step, Instant event) {
        var names = run.steps().stream().map(StepStatus::name).toList();
        var index = names.indexOf(step);
        assertThat(index).as("%s among %s", step, names).isPositive();
        assertThat(Instant.parse(containers.get(index).startedAt()))
                .isAfterOrEqualTo(event.truncatedTo(ChronoUnit.SECONDS));
        assertThat(Instant.parse(end(containers.get(index - 1)))).isBeforeOrEqualTo(event);
    }

    private static String end(Recorder.Start container) {
        return container.finishedAt().orElseThrow();
    }
}
