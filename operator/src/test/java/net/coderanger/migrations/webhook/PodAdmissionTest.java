package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.WAITER;
import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static net.coderanger.migrations.webhook.Fixtures.podReview;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.webhook.AdmissionVerdict.Allowed;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The glue, and the original operator's specifications of its webhook. */
class PodAdmissionTest {

    private static final String SHOP = "{selector: {matchLabels: {app: shop}}}";
    private static final JsonNode POD =
            json("{metadata: {name: p, labels: {app: shop}}, spec: {containers: [{name: main, image: 'shop:2'}]}}");

    @Test
    void original_25_without_migrators_nothing_is_added() {
        assertThat(review(List.of(), POD)).isInstanceOf(Allowed.class);
    }

    @Test
    void original_26_without_migrators_a_pod_with_its_own_init_container_is_untouched() {
        assertThat(review(List.of(), json("{metadata: {}, spec: {initContainers: [{name: own}]}}")))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void original_27_a_matching_migrator_adds_exactly_one_init_container() {
        var gated = gated(List.of(migrator("testing", "{selector: {}}")), POD);

        assertThat(gated.at("/spec/initContainers")).hasSize(1);
        assertThat(Json.texts(gated.at("/spec/initContainers/0/args")))
                .containsExactly("wait", "/migrations-gate/testing", "testing", "shop:2");
    }

    @Test
    void original_28_the_selected_container_gives_the_revision() {
        var gated = gated(List.of(migrator("testing", "{selector: {}, container: second}")), twoContainers());

        assertThat(gated.at("/spec/initContainers/0/args/3").textValue()).isEqualTo("second:1");
    }

    @Test
    void original_29_a_container_that_is_absent_falls_back_to_the_first() {
        var gated = gated(List.of(migrator("testing", "{selector: {}, container: third}")), twoContainers());

        assertThat(gated.at("/spec/initContainers/0/args/3").textValue()).isEqualTo("first:1");
    }

    @Test
    void original_30_without_a_selected_container_the_first_gives_the_revision() {
        var gated = gated(List.of(migrator("testing", "{selector: {}}")), twoContainers());

        assertThat(gated.at("/spec/initContainers/0/args/3").textValue()).isEqualTo("first:1");
    }

    @Test
    void original_31_a_migrator_that_does_not_match_adds_nothing() {
        assertThat(review(List.of(migrator("testing", "{selector: {matchLabels: {app: other}}}")), POD))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void original_32_a_required_migrator_that_is_missing_refuses_the_pod() {
        var pod = json("{metadata: {annotations: {migrations.coderanger.net/required: 'true'}}, spec: {}}");

        assertThat(review(List.of(), pod))
                .isInstanceOfSatisfying(
                        Denied.class,
                        denied -> assertThat(denied.message()).contains("no migrators found matching pod"));
    }

    @Test
    void original_33_a_native_sidecar_keeps_its_restart_policy() {
        var pod = json("{metadata: {}, spec: {initContainers: [{name: sidecar, restartPolicy: Always}]}}");

        var gated = gated(List.of(migrator("testing", "{selector: {}}")), pod);

        assertThat(Json.names(gated.at("/spec/initContainers"))).containsExactly("migrate-wait-testing", "sidecar");
        assertThat(gated.at("/spec/initContainers/1/restartPolicy").textValue()).isEqualTo("Always");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE", "DELETE", "CONNECT", ""})
    void anything_but_a_creation_is_allowed_untouched(String operation) {
        var review = podReview(POD);
        request(review).put("operation", operation);

        assertThat(review(List.of(migrator("db", SHOP)), review)).isInstanceOf(Allowed.class);
    }

    @Test
    void subresources_and_other_resources_are_allowed_untouched() {
        var binding = podReview(POD);
        request(binding).put("subResource", "binding");
        var service = podReview(POD);
        ((ObjectNode) request(service).path("resource")).put("resource", "services");

        assertThat(review(List.of(migrator("db", SHOP)), binding)).isInstanceOf(Allowed.class);
        assertThat(review(List.of(migrator("db", SHOP)), service)).isInstanceOf(Allowed.class);
    }

    @Test
    void the_requests_namespace_counts_because_the_pods_own_may_be_missing() {
        var asked = new ArrayList<String>();
        try (var admission = new PodAdmission(
                (namespace, wanted) -> {
                    asked.add(namespace);
                    return List.of();
                },
                (migrator, pod, namespace) -> Standing.UNKNOWN,
                Duration.ofSeconds(10),
                WAITER)) {
            admission.review(new AdmissionRequest(podReview(POD).path("request")));
        }

        assertThat(asked).containsExactly("shop");
    }

    @Test
    void a_pod_whose_standing_cannot_be_found_out_is_gated() {
        Standing.Finder broken = (migrator, pod, namespace) -> {
            throw new IllegalStateException("no connection");
        };

        assertThat(review(broken, Duration.ofSeconds(10)))
                .isInstanceOfSatisfying(
                        Patched.class,
                        patched -> assertThat(
                                        Json.texts(applied(patched.patch(), POD).at("/spec/initContainers/0/args")))
                                .containsExactly("wait", "/migrations-gate/db", "db"));
    }

    @Test
    void a_pod_whose_standing_takes_too_long_is_gated_in_time() {
        var never = new CountDownLatch(1);
        Standing.Finder slow = (migrator, pod, namespace) -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Standing(Optional.of("late"), true);
        };

        assertThat(review(slow, Duration.ofMillis(50))).isInstanceOf(Patched.class);
    }

    @Test
    void migrators_that_cannot_be_listed_leave_the_answer_to_the_failure_policy() {
        try (var admission = new PodAdmission(
                (namespace, wanted) -> {
                    throw new IllegalStateException("caches are not filled yet");
                },
                (migrator, pod, namespace) -> Standing.UNKNOWN,
                Duration.ofSeconds(10),
                WAITER)) {
            assertThatThrownBy(() ->
                            admission.review(new AdmissionRequest(podReview(POD).path("request"))))
                    .hasMessage("caches are not filled yet");
        }
    }

    private static AdmissionVerdict review(Standing.Finder standings, Duration patience) {
        try (var admission =
                new PodAdmission((namespace, wanted) -> List.of(migrator("db", SHOP)), standings, patience, WAITER)) {
            return admission.review(new AdmissionRequest(podReview(POD).path("request")));
        }
    }

    private static JsonNode gated(List<Migrator> migrators, JsonNode pod) {
        return applied(((Patched) review(migrators, pod)).patch(), pod);
    }

    private static AdmissionVerdict review(List<Migrator> migrators, JsonNode pod) {
        return review(migrators, podReview(pod));
    }

    private static AdmissionVerdict review(List<Migrator> migrators, ObjectNode review) {
        try (var admission = new PodAdmission(
                (namespace, wanted) -> migrators, PodAdmissionTest::byImage, Duration.ofSeconds(10), WAITER)) {
            return admission.review(new AdmissionRequest(review.path("request")));
        }
    }

    /** The image of the selected container, or of the first. */
    private static Standing byImage(Migrator migrator, JsonNode pod, String namespace) {
        var containers = Json.list(pod.at("/spec/containers"));
        return new Standing(
                containers.stream()
                        .filter(container -> Json.text(container, "name")
                                .equals(migrator.getSpec().container()))
                        .findFirst()
                        .or(() -> containers.stream().findFirst())
                        .map(container -> Json.text(container, "image")),
                false);
    }

    private static JsonNode twoContainers() {
        return json(
                "{metadata: {}, spec: {containers: [{name: first, image: 'first:1'}, {name: second, image: 'second:1'}]}}");
    }

    private static ObjectNode request(ObjectNode review) {
        return (ObjectNode) review.path("request");
    }
}
