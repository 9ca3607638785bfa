package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;

/** The request of an AdmissionReview of {@code admission.k8s.io/v1}. */
record AdmissionRequest(JsonNode json) {

    String uid() {
        return Json.text(json, "uid");
    }

    String operation() {
        return Json.text(json, "operation");
    }

    String namespace() {
        return Json.text(json, "namespace");
    }

    JsonNode object() {
        return json.path("object");
    }

    JsonNode oldObject() {
        return json.path("oldObject");
    }

    JsonNode userInfo() {
        return json.path("userInfo");
    }

    /** Whether the request is about a resource itself and none of its subresources. */
    boolean isFor(String resource) {
        return Json.text(json.path("resource"), "resource").equals(resource)
                && Json.text(json, "subResource").isEmpty();
    }
}
