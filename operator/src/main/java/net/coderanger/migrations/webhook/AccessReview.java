package net.coderanger.migrations.webhook;

import java.util.List;
import java.util.Map;

/** Asks what a user may do. */
@FunctionalInterface
public interface AccessReview {

    /** Who made a request, as the API server has authenticated them. */
    record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {}

    /**
     * What somebody does to objects of a namespace.
     *
     * @param name of the object; empty for those that have none yet, and then for all
     */
    record Action(String verb, String group, String resource, String namespace, String name) {}

    /**
     * Whether a user may do something.
     *
     * @throws RuntimeException if that cannot be found out
     */
    boolean allows(User user, Action action);
}
