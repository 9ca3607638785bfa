package net.coderanger.migrations.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.coderanger.migrations.server.HttpEndpoint;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubjectAccessTest {

    private static final Duration A_WHILE = Duration.ofSeconds(30);
    private static final Duration WEBHOOK = Duration.ofSeconds(5);
    private static final AccessReview.User ANNA = new AccessReview.User("anna", "1", List.of("dev"), Map.of());
    private static final AccessReview.Action CREATE_JOBS =
            new AccessReview.Action("create", "batch", "jobs", "shop", "");

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int silent;
    private HttpEndpoint server;
    private KubernetesClient client;

    @BeforeEach
    void serve() throws IOException {
        server = new HttpEndpoint(
                0, Map.of("/apis/authorization.k8s.io/v1/subjectaccessreviews", Route.post(10_000, this::answer)));
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.port())
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        end.countDown();
        client.close();
        server.close();
    }

    @Test
    void the_api_servers_answer_is_passed_on() {
        assertThat(new SubjectAccess(client, WEBHOOK).allows(ANNA, CREATE_JOBS)).isTrue();
    }

    @Test
    void a_question_that_was_lost_is_asked_again_in_time() {
        silent = 1;

        assertThat(ask()).succeedsWithin(WEBHOOK).isEqualTo(true);
    }

    @Test
    void an_api_server_that_does_not_answer_is_given_up_on_before_it_gives_up_on_the_webhook() {
        assertThat(ask()).as("and the client is warm").succeedsWithin(A_WHILE);
        asked.set(0);
        silent = Integer.MAX_VALUE;

        assertThat(ask()).failsWithin(WEBHOOK).withThrowableThat().withCauseInstanceOf(KubernetesClientException.class);
        assertThat(asked).hasValue(2);
    }

    private Reply answer(byte[] question) {
        try {
            if (asked.getAndIncrement() < silent) {
                end.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Reply.json("{\"status\": {\"allowed\": true}}".getBytes(StandardCharsets.UTF_8));
    }

    private CompletableFuture<Boolean> ask() {
        var access = new SubjectAccess(client, WEBHOOK);
        return CompletableFuture.supplyAsync(() -> access.allows(ANNA, CREATE_JOBS));
    }
}
