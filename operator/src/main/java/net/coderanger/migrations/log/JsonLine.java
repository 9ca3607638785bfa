package net.coderanger.migrations.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;

/** A line as a JSON object without nesting: time, level, logger, message, what it is about, error, stack. */
final class JsonLine {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> OWN = Set.of("time", "level", "logger", "message", "error", "stack");

    private JsonLine() {}

    static String of(LogLine line) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            write(line, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter throws none
        }
        return text.append('\n').toString();
    }

    private static void write(LogLine line, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", line.timestamp());
        json.writeStringField("level", line.level().toString());
        json.writeStringField("logger", line.logger());
        json.writeStringField("message", line.message());
        for (var field : line.fields().entrySet()) {
            var name = OWN.contains(field.getKey()) ? field.getKey() + "_" : field.getKey();
            json.writeStringField(name, field.getValue());
        }
        if (line.error().isPresent()) {
            json.writeStringField("error", line.error().get());
        }
        if (line.stack().isPresent()) {
            json.writeStringField("stack", line.stack().get());
        }
        json.writeEndObject();
    }
}
