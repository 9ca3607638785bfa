package net.coderanger.migrations.plan;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.api.RunStatus;
import org.jspecify.annotations.Nullable;

/**
 * A status that was written, beside the one before it. What has happened is read from the difference, so it is told once, whatever
 * has led to it and whoever leads.
 *
 * @param migrator the Migrator with its status as it was
 * @param after the status as it is now
 */
public record StatusChange(Migrator migrator, MigratorStatus after) {

    /** The status as it was; {@link MigratorStatus#EMPTY} if there was none. */
    public MigratorStatus before() {
        return Objects.requireNonNullElse(migrator.getStatus(), MigratorStatus.EMPTY);
    }

    /** The runs that have ended, newest first. What the original operator has left behind did not end now. */
    public List<HistoryEntry> ended() {
        var known = History.of(migrator.getStatus());
        return after.history().stream().filter(entry -> !known.has(entry.id())).toList();
    }

    /** How many attempts beyond a run's first have started. */
    public int retries() {
        var ended = ended().stream()
                .mapToInt(entry -> retries(entry.attempts()) - retriesKnown(entry.id()))
                .sum();
        var going = Optional.ofNullable(after.run())
                .map(run -> retries(run.attempt()) - retriesKnown(run.id()))
                .orElse(0);
        return Math.max(0, ended) + Math.max(0, going);
    }

    private int retriesKnown(String run) {
        return Optional.ofNullable(before().run())
                .filter(known -> known.id().equals(run))
                .map(RunStatus::attempt)
                .map(StatusChange::retries)
                .orElse(0);
    }

    private static int retries(@Nullable Integer attempts) {
        return attempts == null ? 0 : Math.max(0, attempts - 1);
    }
}
