package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import net.coderanger.migrations.rbac.ChartRights;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Operators in this process, with the rights of the chart: one that ends at one of its writes, or one that does not. */
final class Operators implements BeforeAllCallback, AfterAllCallback {

    private static final int QUIET_SECONDS = 3;

    private @Nullable ChartRights rights;

    @Override
    public void beforeAll(ExtensionContext test) throws Exception {
        rights = ChartRights.install();
    }

    @Override
    public void afterAll(ExtensionContext test) {
        rights().close();
    }

    private ChartRights rights() {
        return Objects.requireNonNull(rights);
    }

    /**
     * Starts one and waits for its end, unless a story is over before.
     *
     * @param meanwhile what users do, each second
     * @return whether it has come to that write
     */
    boolean endsBefore(BooleanSupplier over, int write, boolean done, TestNamespace namespace, Runnable meanwhile)
            throws InterruptedException {
        var crash = new Crash(write, done);
        try (var operator = start(namespace, crash)) {
            assertThat(operator).isNotNull();
            var waited = 0;
            while (!crash.happens(1)) {
                if (over.getAsBoolean() && quiet(crash)) {
                    return false;
                }
                assertThat(waited++).as("seconds without write %s", write).isLessThan((int)
                        TestNamespace.PATIENCE.toSeconds());
                meanwhile.run();
            }
            return true;
        }
    }

    /**
     * How many writes one makes in a story that it sees to its end.
     *
     * @param meanwhile what users do, again and again
     */
    int writes(BooleanSupplier over, TestNamespace namespace, Runnable meanwhile) {
        var crash = Crash.never();
        try (var operator = start(namespace, crash)) {
            assertThat(operator).isNotNull();
            namespace.await(() -> {
                meanwhile.run();
                assertThat(over.getAsBoolean()).as("the story is over").isTrue();
            });
            Awaitility.await().atMost(TestNamespace.PATIENCE).until(() -> quiet(crash));
            return crash.writes();
        }
    }

    /** Whether nothing is written for a while. */
    private static boolean quiet(Crash crash) throws InterruptedException {
        var before = crash.writes();
        return !crash.happens(QUIET_SECONDS) && crash.writes() == before;
    }

    /** Starts one that ends after the story, when it has let go of all Jobs: one that is held would keep its namespace for ever. */
    void during(TestNamespace namespace, Runnable story) {
        try (var operator = start(namespace, Crash.never())) {
            assertThat(operator).isNotNull();
            story.run();
            namespace.await(() -> assertThat(namespace.jobs())
                    .allSatisfy(job -> assertThat(job.getMetadata().getFinalizers())
                            .as(job.getMetadata().getName())
                            .isEmpty()));
        }
    }

    private InProcessOperator start(TestNamespace namespace, Crash crash) {
        return InProcessOperator.start(namespace.name(), rights().user(), crash);
    }
}
