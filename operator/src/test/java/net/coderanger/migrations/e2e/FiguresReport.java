package net.coderanger.migrations.e2e;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import net.coderanger.migrations.api.Gate;
import net.coderanger.migrations.e2e.FiguresRelease.Round;

/** Words for what was measured, and what to compare it with. */
final class FiguresReport {

    private static final String ORIGINAL_POLLS = "the original, which polls every 5 s: 5.0 s (1.9 to 8.4)";
    private static final String NOTHING = "";
    private static final String COMPLETE = ": Job complete → ";
    private static final String RUNS = COMPLETE + "application container runs";

    private final FiguresTable table;
    private final Map<String, FiguresSamples> byHand = new HashMap<>();

    FiguresReport(FiguresTable table) {
        this.table = table;
    }

    /** What the operator's releases took; those by hand have to be reported before. */
    void releases(FiguresGate gate, int pods, List<Round> rounds, String target) {
        var name = name(gate, pods);
        if (gate.hasWaiter()) {
            table.add(name + COMPLETE + "release annotation", all(rounds, Round::released), "ms", target, NOTHING);
            table.add(name + COMPLETE + "the waiter sees it", all(rounds, Round::mayEnd), "ms", target, NOTHING);
        } else {
            table.add(name + COMPLETE + "scheduling gate lifted", all(rounds, Round::released), "ms", target, NOTHING);
        }
        var running = all(rounds, Round::running);
        table.add(name + RUNS, running, "ms", NOTHING, ORIGINAL_POLLS);
        table.addDifference(
                "— more than by hand",
                running,
                Objects.requireNonNull(byHand.get(gate.kind() + name(pods))),
                "opened by hand, above");
    }

    void byHand(FiguresGate gate, int pods, List<Round> rounds) {
        var running = all(rounds, Round::running);
        byHand.put(gate.kind() + name(pods), running);
        var quiet = gate.kind() == Gate.InitContainer ? "2.27 s" : "1.29 s";
        table.add(
                name(gate, pods) + RUNS,
                running,
                "ms",
                NOTHING,
                pods == 1 ? "earlier, from the patch: " + quiet : NOTHING);
    }

    void last(FiguresGate gate, int pods, List<Round> rounds, String target) {
        var name = name(gate, pods) + COMPLETE;
        if (gate.hasWaiter()) {
            var released = rounds.stream().map(round -> round.released().max()).toList();
            table.add(name + "the last release annotation", FiguresSamples.of(released), "ms", target, NOTHING);
        }
        var last = rounds.stream().map(Round::last).toList();
        table.add(name + "the last of them may start", FiguresSamples.of(last), "ms", target, NOTHING);
    }

    void podToJob(FiguresGate gate, List<Round> rounds) {
        add(name(gate, 1) + ": pod created → Job created", all(rounds, Round::podToJob));
    }

    void memory(String what, String comparedWith, List<FiguresNode.Memory> all) {
        memory(what + ": memory of its own (anonymous)", all, FiguresNode.Memory::anonymous, comparedWith);
        memory(what + ": with its part of shared files (PSS)", all, FiguresNode.Memory::proportional, comparedWith);
        memory(what + ": all that is resident (RSS)", all, FiguresNode.Memory::resident, comparedWith);
    }

    void add(String figure, FiguresSamples samples) {
        table.add(figure, samples, "ms", NOTHING, NOTHING);
    }

    private void memory(
            String figure,
            List<FiguresNode.Memory> all,
            Function<FiguresNode.Memory, Double> part,
            String comparedWith) {
        var samples = FiguresSamples.of(all.stream().map(part).toList());
        table.add(figure, samples, "MiB", NOTHING, comparedWith);
    }

    private static String name(FiguresGate gate, int pods) {
        return gate.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + name(pods);
    }

    private static String name(int pods) {
        return pods + (pods == 1 ? " pod" : " pods");
    }

    private static FiguresSamples all(List<Round> rounds, Function<Round, FiguresSamples> part) {
        return FiguresSamples.all(rounds.stream().map(part));
    }
}
