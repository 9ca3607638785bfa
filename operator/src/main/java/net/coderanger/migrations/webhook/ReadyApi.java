package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.plan.History;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;

/**
 * The readiness API of the original operator, for pods that still carry its waiter: {@code POST /api/ready} with
 * {@code {targetImage, migratorNamespace, migratorName}} answers {@code true} or {@code false}.
 */
public final class ReadyApi {

    private static final int BODY_LIMIT = 64 * 1024;

    private final Function<String, List<Migrator>> migratorsIn;

    /** Answers from the Migrators of a namespace. */
    public ReadyApi(Function<String, List<Migrator>> migratorsIn) {
        this.migratorsIn = migratorsIn;
    }

    /** The one page. */
    public Map<String, Route> routes() {
        return Map.of("/api/ready", Route.post(BODY_LIMIT, this::answer));
    }

    private Reply answer(byte[] body) {
        JsonNode question;
        try {
            question = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return Reply.text(Reply.BAD_REQUEST, "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var image = Json.text(question, "targetImage");
        var namespace = Json.text(question, "migratorNamespace");
        var name = Json.text(question, "migratorName");
        if (image.isEmpty() || namespace.isEmpty() || name.isEmpty()) {
            return Reply.text(Reply.BAD_REQUEST, "targetImage, migratorNamespace and migratorName are required");
        }
        var ready = migratorsIn.apply(namespace).stream()
                .filter(migrator -> name.equals(migrator.getMetadata().getName()))
                .anyMatch(migrator -> migrated(migrator, image));
        return Reply.json(Boolean.toString(ready).getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean migrated(Migrator migrator, String image) {
        var status = migrator.getStatus();
        return status != null
                && (image.equals(status.lastSuccessfulMigration())
                        || History.of(status).migrated(image));
    }
}
