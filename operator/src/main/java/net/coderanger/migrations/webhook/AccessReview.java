package net.coderanger.migrations.webhook;

import java.util.List;
import java.util.Map;

/** Asks what a user may do. */
@FunctionalInterface
public interface AccessReview {

    /** Who made a request, as the API server has authenticated them. */
    record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {}

    /**
     * Whether a user may create Jobs in a namespace.
     *
     * @throws RuntimeException if that cannot be found out
     */
    boolean mayCreateJobs(User user, String namespace);
}
