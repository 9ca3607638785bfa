package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import net.coderanger.migrations.server.HttpEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadyApiTest {

    @Test
    void original_21_the_root_is_not_found() throws Exception {
        assertThat(send(List.of(), "GET", "/", "").statusCode()).isEqualTo(404);
    }

    @Test
    void original_22_without_the_migrator_nothing_is_ready() throws Exception {
        assertThat(ask(List.of(), "shop:1")).isEqualTo("false");
        assertThat(ask(List.of(with("other", "{lastSuccessfulMigration: 'shop:1'}")), "shop:1"))
                .isEqualTo("false");
    }

    @Test
    void original_23_the_last_successful_migration_is_ready() throws Exception {
        assertThat(ask(List.of(with("db", "{lastSuccessfulMigration: 'shop:1'}")), "shop:1"))
                .isEqualTo("true");
    }

    @Test
    void original_24_another_image_is_not_ready() throws Exception {
        assertThat(ask(List.of(with("db", "{lastSuccessfulMigration: 'shop:1'}")), "shop:2"))
                .isEqualTo("false");
        assertThat(ask(List.of(migrator("db", "{selector: {}}")), "shop:2")).isEqualTo("false");
    }

    @ParameterizedTest
    @CsvSource({"shop:1,true", "shop:2,true", "shop:3,false", "shop:4,false"})
    void every_revision_with_a_successful_run_is_ready(String image, String ready) throws Exception {
        var migrator = with("db", """
                lastSuccessfulMigration: shop:2
                history:
                  - {id: "3", revision: "shop:3", outcome: Failed}
                  - {id: "2", revision: "shop:2", outcome: Succeeded}
                  - {id: "1", revision: "shop:1", outcome: Succeeded}
                """);

        assertThat(ask(List.of(migrator), image)).isEqualTo(ready);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "[]",
                "{}",
                "{\"targetImage\": 1, \"migratorNamespace\": \"a\", \"migratorName\": \"b\"}"
            })
    void bad_questions_are_bad_requests(String body) throws Exception {
        assertThat(send(List.of(), "POST", "/api/ready", body).statusCode()).isEqualTo(400);
    }

    @Test
    void a_body_that_is_too_large_is_refused() throws Exception {
        assertThat(send(List.of(), "POST", "/api/ready", "x".repeat(100_000)).statusCode())
                .isEqualTo(413);
    }

    private static Migrator with(String name, String status) {
        var migrator = migrator(name, "{selector: {}}");
        migrator.setStatus(Serialization.unmarshal("---\n" + status, MigratorStatus.class));
        return migrator;
    }

    private static String ask(List<Migrator> migrators, String image) throws Exception {
        var response = send(migrators, "POST", "/api/ready", """
                {"targetImage": "%s", "migratorNamespace": "shop", "migratorName": "db"}""".formatted(image));
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static HttpResponse<String> send(List<Migrator> migrators, String method, String path, String body)
            throws Exception {
        var api = new ReadyApi(namespace -> namespace.equals("shop") ? migrators : List.of());
        try (var server = new HttpEndpoint(0, api.routes());
                var client = HttpClient.newHttpClient()) {
            server.start();
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                    .method(method, BodyPublishers.ofString(body))
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
