package net.coderanger.migrations.controller;

import java.time.Duration;
import java.util.Optional;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.HandledRequest;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Reason;
import net.coderanger.migrations.api.RunStatus;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.plan.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes to the log what changes: one line per change of a Migrator's state. */
final class StatusLog implements Listener {

    private static final Logger LOG = LoggerFactory.getLogger(StatusLog.class);

    @Override
    public void statusWritten(StatusChange change) {
        change.answered().forEach(answer -> tell(change, answer));
        if (change.moved()) {
            change.now(ConditionType.Ready).ifPresent(ready -> tell(change, ready));
        }
        change.ungatedPodsTurned().ifPresent(turned -> tellUngated(change, turned));
    }

    @Override
    public void released(Duration latency) {}

    private static void tell(StatusChange change, HandledRequest answer) {
        var ignored = answer.result().startsWith("ignored");
        line(change, ignored ? Level.WARN : Level.INFO, Reason.RequestAnswered.name())
                .addKeyValue("request", answer.request())
                .addKeyValue("value", answer.value())
                .addKeyValue("by", answer.by())
                .log(answer.result());
    }

    private static void tell(StatusChange change, Condition ready) {
        var after = change.after();
        var ended = change.ended().stream().findFirst();
        var run = Optional.ofNullable(after.run());
        line(change, change.warns() ? Level.WARN : Level.INFO, ready.reason())
                .addKeyValue("phase", after.phase())
                .addKeyValue(
                        "revision",
                        run.map(RunStatus::revision)
                                .or(() -> ended.map(HistoryEntry::revision))
                                .orElse(after.desiredRevision()))
                .addKeyValue("attempt", run.map(StatusChange::attempt).orElse(null))
                .addKeyValue("outcome", ended.map(HistoryEntry::outcome).orElse(null))
                .log(ready.message());
    }

    private static void tellUngated(StatusChange change, Condition turned) {
        var running = "True".equals(turned.status());
        line(change, running ? Level.WARN : Level.INFO, turned.reason())
                .log(running ? turned.message() : "Every pod is held back that has to be");
    }

    /** With the run that goes on, or the one that has just ended. */
    private static LoggingEventBuilder line(StatusChange change, Level level, String reason) {
        var before = Optional.ofNullable(change.before().run());
        var ended = change.ended().stream().findFirst().map(HistoryEntry::id);
        var run = Optional.ofNullable(change.after().run());
        var id = run.map(RunStatus::id).or(() -> ended);
        var step = run.or(() -> before.filter(last -> ended.equals(Optional.of(last.id()))))
                .map(RunStatus::step);
        return MigratorFields.add(LOG.atLevel(level), change.migrator(), id, step)
                .addKeyValue("reason", reason);
    }
}
