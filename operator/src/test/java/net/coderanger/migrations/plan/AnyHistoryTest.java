package net.coderanger.migrations.plan;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/**
 * The histories of {@link RandomHistoriesTest} again, as jqwik chooses them: also very short ones, and such as repeat a step many
 * times.
 */
class AnyHistoryTest {

    @Property(tries = 1_000)
    void the_properties_hold(@ForAll int beginning, @ForAll @Size(max = 40) List<Integer> steps) {
        new RandomHistory(beginning, steps).happens();
    }
}
