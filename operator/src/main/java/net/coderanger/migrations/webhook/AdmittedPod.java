package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import net.coderanger.migrations.api.Labels;

/**
 * A pod that is being admitted, as it was sent.
 *
 * @param namespace the request's; the pod's own may be missing
 */
record AdmittedPod(JsonNode json, String namespace) {

    private static final String OS_LABEL = "kubernetes.io/os";
    private static final String MIRROR = "kubernetes.io/config.mirror";

    Map<String, String> labels() {
        return Json.map(json.path("metadata").path("labels"));
    }

    String annotation(String key) {
        return Json.text(json.path("metadata").path("annotations"), key);
    }

    /** The API server's picture of a static pod, which its node runs in any case. */
    boolean mirrorsStaticPod() {
        return !annotation(MIRROR).isEmpty();
    }

    /** A pod of a Job that some Migrator started. */
    boolean ofMigrationJob() {
        return labels().containsKey(Labels.MIGRATOR)
                && Json.list(json.path("metadata").path("ownerReferences")).stream()
                        .anyMatch(owner -> owner.path("controller").asBoolean()
                                && Json.text(owner, "kind").equals("Job"));
    }

    boolean onWindows() {
        return Json.text(json.path("spec").path("os"), "name").equals("windows")
                || Json.text(json.path("spec").path("nodeSelector"), OS_LABEL).equals("windows");
    }

    /** Whether the pod is bound to a node from the start; such a pod must not have scheduling gates. */
    boolean namesItsNode() {
        return !Json.text(json.path("spec"), "nodeName").isEmpty();
    }
}
