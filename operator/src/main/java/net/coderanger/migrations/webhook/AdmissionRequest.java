package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.coderanger.migrations.webhook.AccessReview.User;

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

    /** Of the object; empty if the API server has yet to make one up. */
    String name() {
        var name = Json.text(json, "name");
        return name.isEmpty() ? Json.text(object().path("metadata"), "name") : name;
    }

    JsonNode object() {
        return json.path("object");
    }

    JsonNode oldObject() {
        return json.path("oldObject");
    }

    /** Whose request this is. */
    User user() {
        var info = json.path("userInfo");
        return new User(
                Json.text(info, "username"),
                Json.text(info, "uid"),
                Json.texts(info.path("groups")),
                info.path("extra")
                        .propertyStream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, extra -> List.copyOf(Json.texts(extra.getValue())))));
    }

    /** Whether the request is about a resource itself and none of its subresources. */
    boolean isFor(String resource) {
        return Json.text(json.path("resource"), "resource").equals(resource)
                && Json.text(json, "subResource").isEmpty();
    }

    /** Whether the request creates a Migrator or changes anything of one but its status. */
    boolean writesMigrator() {
        return isFor("migrators")
                && (operation().equals("CREATE") || operation().equals("UPDATE"));
    }
}
