package net.coderanger.migrations.waiter;

import java.util.ArrayList;
import java.util.List;

/** Time that passes by sleeping only, and a story of what happens meanwhile. */
final class FakeTime implements Time {

    private record Happening(long atMillis, Runnable what) {}

    private final List<Happening> story = new ArrayList<>();
    private final long end;
    private long now;

    FakeTime(long endMillis) {
        this.end = endMillis;
    }

    FakeTime at(long millis, Runnable what) {
        story.add(new Happening(millis, what));
        return this;
    }

    @Override
    public long millis() {
        return now;
    }

    @Override
    public void sleep(long millis) throws InterruptedException {
        now += millis;
        if (now >= end) {
            throw new InterruptedException("the story is over");
        }
        story.removeIf(happening -> {
            var due = happening.atMillis() <= now;
            if (due) {
                happening.what().run();
            }
            return due;
        });
    }
}
