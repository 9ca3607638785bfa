package net.coderanger.migrations.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.coderanger.migrations.api.ControlAnnotation;

/** What users have asked by control annotations, as admission lets it through, and what of it has had its effect. */
final class Demands {

    private record Demand(ControlAnnotation what, String value) {}

    private final List<Demand> made = new ArrayList<>();
    private final List<Demand> unused = new ArrayList<>();

    void make(ControlAnnotation what, String value) {
        var demand = new Demand(what, value);
        made.add(demand);
        unused.add(demand);
    }

    /** Uses one up: it cannot be the reason of anything else. */
    boolean use(ControlAnnotation what, Predicate<String> value) {
        var found = unused.stream()
                .filter(demand -> demand.what() == what && value.test(demand.value()))
                .findFirst();
        found.ifPresent(unused::remove);
        return found.isPresent();
    }

    boolean everMade(ControlAnnotation what, Predicate<String> value) {
        return made.stream().anyMatch(demand -> demand.what() == what && value.test(demand.value()));
    }
}
