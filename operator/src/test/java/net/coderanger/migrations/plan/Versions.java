package net.coderanger.migrations.plan;

import java.util.ArrayList;
import java.util.List;

/** What something is, and all that it has been: a cache may be behind. */
final class Versions<T> {

    private final List<T> versions = new ArrayList<>();

    Versions(T first) {
        versions.add(first);
    }

    void add(T next) {
        versions.add(next);
    }

    T latest() {
        return versions.getLast();
    }

    T at(int version) {
        return versions.get(version);
    }

    /** The number of the latest version; the first one has 0. */
    int last() {
        return versions.size() - 1;
    }
}
