package net.coderanger.migrations.rbac;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A request as the API server's audit log tells it.
 *
 * @param resource with its subresource, as in a role's rule; empty if it was about no object
 * @param code of the answer, as in HTTP
 */
public record AuditedRequest(
        String user, String verb, String group, String resource, String namespace, String name, int code) {

    private static final int FORBIDDEN = 403;

    static AuditedRequest of(JsonNode event) {
        var object = event.path("objectRef");
        var subresource = object.path("subresource").asText();
        return new AuditedRequest(
                event.at("/user/username").asText(),
                event.path("verb").asText(),
                object.path("apiGroup").asText(),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("namespace").asText(),
                object.path("name").asText(),
                event.at("/responseStatus/code").asInt());
    }

    public boolean refused() {
        return code == FORBIDDEN;
    }
}
