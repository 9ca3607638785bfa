package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;
import net.coderanger.migrations.webhook.AdmissionListener.Result;
import net.coderanger.migrations.webhook.AdmissionListener.Webhook;
import net.coderanger.migrations.webhook.AdmissionVerdict.Allowed;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;

/** From an AdmissionReview with a request to one with a response ({@code admission.k8s.io/v1}). */
public final class AdmissionHandler {

    public static final String PODS_PATH = "/mutate-pods";
    public static final String MIGRATORS_PATH = "/validate-migrators";
    public static final String STAMPS_PATH = "/mutate-migrators";

    /** What the API server accepts as an object at most, 3 MiB, and as much again for the old object. */
    private static final int BODY_LIMIT = 2 * 3 * 1024 * 1024;

    private static final String API_VERSION = "admission.k8s.io/v1";
    private static final String KIND = "AdmissionReview";

    private AdmissionHandler() {}

    /** What the API server asks, and the probes do not. */
    public static Map<String, Route> routes(
            PodAdmission pods, MigratorAdmission migrators, AdmissionListener listener) {
        return Map.of(
                PODS_PATH, route(Webhook.PODS, pods::review, listener),
                STAMPS_PATH, route(Webhook.STAMPS, Stamps::review, listener),
                MIGRATORS_PATH, route(Webhook.MIGRATORS, migrators::review, listener));
    }

    private static Route route(
            Webhook webhook, Function<AdmissionRequest, AdmissionVerdict> admission, AdmissionListener listener) {
        return Route.post(BODY_LIMIT, body -> {
            var asked = System.nanoTime();
            var result = new AtomicReference<>(Result.ERROR);
            try {
                return answer(body, request -> {
                    var verdict = admission.apply(request);
                    result.set(result(webhook, verdict));
                    return verdict;
                });
            } finally {
                listener.answered(webhook, result.get(), Duration.ofNanos(System.nanoTime() - asked));
            }
        });
    }

    private static Result result(Webhook webhook, AdmissionVerdict verdict) {
        return switch (verdict) {
            case Allowed allowed -> Result.ALLOWED;
            case Patched patched -> webhook == Webhook.PODS ? Result.GATED : Result.STAMPED;
            case Denied denied -> denied.code() >= Reply.INTERNAL_ERROR ? Result.ERROR : Result.DENIED;
        };
    }

    static Reply answer(byte[] body, Function<AdmissionRequest, AdmissionVerdict> admission) {
        JsonNode review;
        try {
            review = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return Reply.text(Reply.BAD_REQUEST, "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var request = new AdmissionRequest(review.path("request"));
        if (!Json.text(review, "kind").equals(KIND)
                || !Json.text(review, "apiVersion").equals(API_VERSION)) {
            return Reply.text(Reply.BAD_REQUEST, "the body is not an " + KIND + " of " + API_VERSION);
        }
        if (request.uid().isEmpty()) {
            return Reply.text(Reply.BAD_REQUEST, "the " + KIND + " has no request.uid");
        }
        return Reply.json(bytes(response(request, admission.apply(request))));
    }

    private static ObjectNode response(AdmissionRequest request, AdmissionVerdict verdict) {
        var review = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", API_VERSION)
                .put("kind", KIND);
        var response = review.putObject("response").put("uid", request.uid());
        switch (verdict) {
            case Allowed allowed -> response.put("allowed", true);
            case Patched patched ->
                response.put("allowed", true).put("patchType", "JSONPatch").put("patch", bytes(patched.patch()));
            case Denied denied ->
                response.put("allowed", false)
                        .putObject("status")
                        .put("code", denied.code())
                        .put("message", denied.message());
        }
        return review;
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return Json.MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
