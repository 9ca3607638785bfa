package net.coderanger.migrations.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where the log goes: standard output. Logback makes one of these as soon as somebody asks for a logger; until {@link #use} says
 * otherwise, lines are text and of level INFO.
 */
public final class LogOutput extends ContextAwareBase implements Configurator {

    private static final String OWN = "net.coderanger.migrations";

    /** Tells of passes that have failed, as the reconciler does, but without the run. */
    private static final String FAILED_PASSES = "io.javaoperatorsdk.operator.processing.event.EventProcessor";

    /** Complains at each start that v1beta1 is beta. */
    private static final String UNSTABLE_VERSIONS = "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        configure(context, LogFormat.text, Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Changes format and level of this process's log, from now on. */
    public static void use(LogFormat format, Level level) {
        configure((LoggerContext) LoggerFactory.getILoggerFactory(), format, level);
    }

    private static void configure(LoggerContext context, LogFormat format, Level level) {
        context.reset();
        var lines = new LineAppender(format, level.compareTo(Level.DEBUG) >= 0, System.out);
        lines.setContext(context);
        lines.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
        set(context, Logger.ROOT_LOGGER_NAME, ofLibraries(level));
        set(context, OWN, level);
        set(context, FAILED_PASSES, Level.ERROR);
        set(context, UNSTABLE_VERSIONS, Level.ERROR);
    }

    /** One less than the operator's own: what a library has to say at INFO is about itself. */
    private static Level ofLibraries(Level level) {
        return switch (level) {
            case ERROR, WARN -> Level.ERROR;
            case INFO -> Level.WARN;
            case DEBUG -> Level.INFO;
            case TRACE -> Level.DEBUG;
        };
    }

    private static void set(LoggerContext context, String logger, Level level) {
        context.getLogger(logger).setLevel(ch.qos.logback.classic.Level.convertAnSLF4JLevel(level));
    }
}
