package com.example.shop.story;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Holds each line back for a moment, so that what several pods do together becomes one line. */
final class Telling {

    private static final Duration MOMENT = Duration.ofMillis(500);

    private final Deque<Told> held = new ArrayDeque<>();

    /** A line with the time at which it happened. */
    record Told(Instant at, Line line) {}

    void add(Instant at, Line line) {
        var companion =
                held.stream().filter(told -> told.line().agreesWith(line)).findFirst();
        if (companion.isEmpty()) {
            held.add(new Told(at, line));
            return;
        }
        var both = new Told(companion.get().at(), companion.get().line().and(line));
        var rest = held.stream()
                .map(told -> told.equals(companion.get()) ? both : told)
                .toList();
        held.clear();
        held.addAll(rest);
    }

    /** The lines whose moment is over, oldest first. */
    List<Told> due(Instant now) {
        var due = new ArrayList<Told>();
        while (!held.isEmpty() && held.peek().at().plus(MOMENT).isBefore(now)) {
            due.add(held.remove());
        }
        return due;
    }
}
