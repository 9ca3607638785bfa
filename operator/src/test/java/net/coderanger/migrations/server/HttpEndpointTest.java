package net.coderanger.migrations.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpEndpointTest {

    private static final int LIMIT = 1000;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final AtomicReference<List<String>> notReady = new AtomicReference<>(List.of());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpEndpoint server;

    @BeforeEach
    void serve() throws IOException {
        var routes = new HashMap<>(Health.routes(List::of, notReady::get));
        routes.put("/echo", Route.post(LIMIT, Reply::json));
        routes.put("/broken", Route.get(() -> {
            throw new IllegalStateException("secret detail");
        }));
        routes.put("/slow", Route.get(this::slowly));
        server = new HttpEndpoint(0, Map.copyOf(routes));
        server.start();
    }

    @AfterEach
    void stop() {
        leave.countDown();
        server.close();
        client.close();
    }

    @Test
    void a_body_reaches_its_handler() throws Exception {
        var response = send("POST", "/echo?timeout=5s", "{}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body()).isEqualTo("{}");
    }

    @Test
    void a_body_may_have_the_limit_and_no_byte_more() throws Exception {
        assertThat(send("POST", "/echo", "x".repeat(LIMIT)).statusCode()).isEqualTo(200);

        var response = send("POST", "/echo", "x".repeat(LIMIT + 1));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("the body is larger than 1000 bytes\n");
        assertThat(send("POST", "/echo", "y").body()).isEqualTo("y");
    }

    @Test
    void another_method_is_refused() throws Exception {
        var response = send("PUT", "/echo", "{}");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("POST");
        assertThat(send("POST", "/readyz", "").statusCode()).isEqualTo(405);
    }

    @Test
    void other_paths_are_not_found() throws Exception {
        assertThat(send("GET", "/", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/echo/more", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/healthz/", "").statusCode()).isEqualTo(404);
    }

    @Test
    void a_handler_that_throws_is_an_internal_error_without_details() throws Exception {
        var response = send("GET", "/broken", "");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("internal error; the operator's log says more\n");
    }

    @Test
    void the_readiness_probe_says_what_is_not_ready() throws Exception {
        assertThat(send("GET", "/readyz", "").body()).isEqualTo("ok\n");

        notReady.set(List.of("caches are not filled yet", "no certificate yet"));
        var response = send("GET", "/readyz", "");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("caches are not filled yet\nno certificate yet\n");
        assertThat(send("GET", "/healthz", "").statusCode()).isEqualTo(200);
    }

    @Test
    void a_client_that_does_not_finish_its_request_is_cut_off_and_hinders_nobody() throws Exception {
        try (var slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            slow.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(send("POST", "/echo", "{}").statusCode()).isEqualTo(200);
            slow.setSoTimeout(1000 * 4 * Endpoint.REQUEST_SECONDS);
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void no_http_at_all_is_refused() throws Exception {
        try (var odd = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            odd.getOutputStream().write("\u0016\u0003\u0001 what is this\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(odd.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .doesNotContain("200 OK");
        }
        assertThat(send("GET", "/healthz", "").statusCode()).isEqualTo(200);
    }

    @Test
    void stopping_lets_a_request_finish() throws Exception {
        var request = HttpRequest.newBuilder(uri("/slow")).build();
        var response = client.sendAsync(request, BodyHandlers.ofString());
        entered.await();

        var stopped = CompletableFuture.runAsync(server::close);
        leave.countDown();

        assertThat(response.get().body()).isEqualTo("done\n");
        assertThat(stopped).succeedsWithin(Duration.ofSeconds(5));
    }

    private Reply slowly() {
        entered.countDown();
        try {
            leave.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Reply.text(Reply.OK, "done");
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + server.port() + path);
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
