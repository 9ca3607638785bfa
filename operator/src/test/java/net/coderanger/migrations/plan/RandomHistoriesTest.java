package net.coderanger.migrations.plan;

import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, what must always hold holds. */
class RandomHistoriesTest {

    private static final int HISTORIES = Integer.getInteger("histories", 2_000);

    @Test
    void the_properties_hold_in_every_history() {
        var first = Long.getLong("seed", 1L);
        for (var seed = first; seed < first + HISTORIES; seed++) {
            var history = new RandomHistory(seed);
            try {
                history.happens();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " (run it alone with -Dseed=" + seed + " -Dhistories=1): " + e.getMessage()
                                + "\n" + String.join("\n", history.told()),
                        e);
            }
        }
    }
}
