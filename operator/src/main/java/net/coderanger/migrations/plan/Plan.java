package net.coderanger.migrations.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.coderanger.migrations.api.MigratorStatus;

/**
 * What is to be done, in this order.
 *
 * @param start the Job to create first; nothing else happens if it cannot be created
 * @param status the whole status, to be written only if it differs
 * @param releases pods whose gate is opened once the status stands
 * @param then what else must not happen before
 * @param lookAgainIn when to plan again without an event
 */
public record Plan(
        Optional<Action.CreateJob> start,
        MigratorStatus status,
        List<Action.Release> releases,
        List<Action.FollowUp> then,
        Optional<Duration> lookAgainIn) {

    public Plan {
        releases = List.copyOf(releases);
        then = List.copyOf(then);
    }
}
