package net.coderanger.migrations.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The lines that a logger writes, as the operator's log has them, until this is closed. */
public final class Captured implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LineAppender appender;
    private final Logger logger;

    public Captured(String logger) {
        this(logger, LogFormat.json, false);
    }

    Captured(String logger, LogFormat format, boolean allStacks) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        appender = new LineAppender(format, allStacks, written);
        appender.setContext(context);
        appender.start();
        this.logger = context.getLogger(logger);
        this.logger.setLevel(Level.INFO);
        this.logger.setAdditive(false);
        this.logger.addAppender(appender);
    }

    String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    /** Each line, read as JSON. */
    public List<JsonNode> lines() {
        return text().lines().map(Captured::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("not JSON: " + line, e);
        }
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }
}
