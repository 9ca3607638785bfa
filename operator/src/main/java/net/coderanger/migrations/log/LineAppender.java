package net.coderanger.migrations.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes each event as a line, in one piece. */
final class LineAppender extends AppenderBase<ILoggingEvent> {

    private final LogFormat format;
    private final boolean allStacks;
    private final OutputStream out;
    private final RepeatedTrouble repeated = new RepeatedTrouble();

    /**
     * @param allStacks whether to write the stack trace also of an exception that comes from outside of this program
     */
    LineAppender(LogFormat format, boolean allStacks, OutputStream out) {
        this.format = format;
        this.allStacks = allStacks;
        this.out = out;
    }

    /** One at a time: the class above sees to that. */
    @Override
    protected void append(ILoggingEvent event) {
        var line = LogLine.of(event, allStacks);
        if (repeated.has(line)) {
            return;
        }
        try {
            out.write(format.write(line).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            addError("cannot write the log", e);
        }
    }
}
