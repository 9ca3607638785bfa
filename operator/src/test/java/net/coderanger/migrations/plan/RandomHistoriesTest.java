package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, what must always hold holds. */
class RandomHistoriesTest {

    private static final int HISTORIES = Integer.getInteger("histories", 100_000);

    @Test
    void the_properties_hold_in_every_history() {
        // When
        var first = Long.getLong("seed", 1L);
        var failing = LongStream.range(first, first + HISTORIES)
                .parallel()
                .filter(seed -> failure(RandomHistory.of(seed)).isPresent())
                .findAny();
        // Then
        assertThat(failing.stream()
                        .mapToObj(RandomHistoriesTest::told)
                        .findFirst()
                        .orElse(""))
                .isEmpty();
    }

    private static Optional<Throwable> failure(RandomHistory history) {
        try {
            history.happens();
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(e);
        }
    }

    private static String told(long seed) {
        var history = RandomHistory.of(seed).shrunk().aloud();
        var failure = failure(history).map(Throwable::toString).orElse("does not fail again");
        return "seed " + seed + " (alone: -Dseed=" + seed + " -Dhistories=1): " + failure + "\n"
                + String.join("\n", history.told());
    }
}
