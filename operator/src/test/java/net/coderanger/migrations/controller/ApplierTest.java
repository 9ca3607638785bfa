package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.coderanger.migrations.server.HttpEndpoint;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What do the API server's answers to a new Job mean? */
class ApplierTest {

    @Test
    void a_job_that_exists_already_is_as_good_as_created() {
        assertThat(Applier.refusal(answer(409, "AlreadyExists", "jobs.batch \"shop-1\" already exists")))
                .isEmpty();
    }

    @Test
    @DisplayName("two writers of a quota: Kubernetes' issue 67761")
    void a_conflict_about_a_quota_is_a_refusal() {
        var message = "Operation cannot be fulfilled on resourcequotas \"compute\": the object has been modified";

        assertThat(Applier.refusal(answer(409, "Conflict", message))).hasValue(message);
    }

    @Test
    void a_webhook_that_does_not_answer_is_a_refusal() {
        assertThat(Applier.refusal(answer(500, "InternalError", "failed calling webhook \"jobs.example.com\"")))
                .hasValue("failed calling webhook \"jobs.example.com\"");
    }

    @Test
    void no_answer_is_no_refusal() {
        var none = new KubernetesClientException("no answer", new IOException("connection refused"));

        assertThatThrownBy(() -> Applier.refusal(none)).isSameAs(none);
    }

    private static KubernetesClientException answer(int code, String reason, String message) {
        return new KubernetesClientException(
                message,
                code,
                new StatusBuilder()
                        .withCode(code)
                        .withReason(reason)
                        .withMessage(message)
                        .build());
    }

    @Test
    @DisplayName(
            "a leader that has lost its lease unawares must not create a minute later what another has seen to its end")
    void a_job_is_asked_for_once() throws IOException {
        var asked = new AtomicInteger();
        try (var server = new HttpEndpoint(0, Map.of("/apis/batch/v1/namespaces/apps/jobs", Route.post(10_000, job -> {
            asked.incrementAndGet();
            return Reply.text(Reply.UNAVAILABLE, "come again later");
        })))) {
            server.start();
            try (var client = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder()
                            .withMasterUrl("http://127.0.0.1:" + server.port())
                            .withRequestRetryBackoffLimit(2)
                            .withRequestRetryBackoffInterval(10)
                            .build())
                    .build()) {
                var job = new JobBuilder()
                        .withNewMetadata()
                        .withNamespace("apps")
                        .withName("shop-1")
                        .endMetadata()
                        .build();

                assertThat(new Applier(client, Clock.systemUTC(), Listener.NONE).create(job))
                        .isPresent();
                assertThat(asked).hasValue(1);
                assertThatThrownBy(() -> client.resource(job).create()).isInstanceOf(KubernetesClientException.class);
                assertThat(asked).as("others are repeated").hasValue(4);
            }
        }
    }
}
