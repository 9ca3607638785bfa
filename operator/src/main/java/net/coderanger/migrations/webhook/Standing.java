package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import net.coderanger.migrations.api.Migrator;

/**
 * How a pod stands with a Migrator when it is admitted.
 *
 * @param revision the pod's revision; empty if it cannot be told
 * @param mayPass whether the pod needs no gate of the Migrator's: its revision is migrated
 */
public record Standing(Optional<String> revision, boolean mayPass) {

    /** Nothing could be found out: the pod is gated, and released as soon as more is known. */
    public static final Standing UNKNOWN = new Standing(Optional.empty(), false);

    /** Finds it out. May throw, and may take long: the pod is then gated. */
    @FunctionalInterface
    public interface Finder {
        Standing of(Migrator migrator, JsonNode pod, String namespace);
    }
}
