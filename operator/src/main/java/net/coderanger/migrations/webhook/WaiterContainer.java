package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import net.coderanger.migrations.api.Gates;

/**
 * The init container that holds a pod.
 *
 * @param image the operator's image
 * @param pullPolicy as in a container
 * @param requests quantities by resource name; may be empty
 * @param limits the same for the limits
 */
public record WaiterContainer(
        String image, String pullPolicy, Map<String, String> requests, Map<String, String> limits) {

    static final String JAVA = "/opt/java/bin/java";
    static final String ARGUMENTS = "@/opt/migrations/waiter.args";

    private static final int UID = 65532;
    private static final String OPENSHIFT_SCC = "openshift.io/scc";

    /** Whether a container is a waiter that some version of this operator injected. */
    static boolean is(JsonNode container) {
        return Gates.isWaiter(Json.text(container, "name"))
                && Json.names(container.path("volumeMounts")).contains(Gates.VOLUME);
    }

    ObjectNode asContainer(PodGate gate, JsonNode pod) {
        var container = JsonNodeFactory.instance
                .objectNode()
                .put("name", Gates.waiterContainer(gate.migrator()))
                .put("image", image)
                .put("imagePullPolicy", pullPolicy);
        container.putArray("command").add(JAVA).add(ARGUMENTS);
        var args = container
                .putArray("args")
                .add("wait")
                .add(Gates.MOUNT_PATH + "/" + Gates.fileName(gate.migrator()))
                .add(gate.migrator());
        gate.revision().ifPresent(revision -> args.add(unexpanded(revision)));
        var env = container.putArray("env");
        env.add(variable("POD_UID", "metadata.uid"));
        env.add(variable("POD_NAMESPACE", "metadata.namespace"));
        container
                .putArray("volumeMounts")
                .addObject()
                .put("name", Gates.VOLUME)
                .put("mountPath", Gates.MOUNT_PATH)
                .put("readOnly", true);
        var resources = WaiterResources.of(this, pod);
        if (!resources.isEmpty()) {
            container.set("resources", resources);
        }
        container.set("securityContext", securityContext(pod));
        return container;
    }

    /** What the Pod Security Standard "restricted" asks for, and a root file system that is read-only. */
    private static ObjectNode securityContext(JsonNode pod) {
        var context = JsonNodeFactory.instance
                .objectNode()
                .put("allowPrivilegeEscalation", false)
                .put("readOnlyRootFilesystem", true)
                .put("runAsNonRoot", true)
                .put("runAsUser", user(pod));
        context.putObject("capabilities").putArray("drop").add("ALL");
        context.putObject("seccompProfile").put("type", "RuntimeDefault");
        return context;
    }

    /** OpenShift allows a namespace its own range of users and has put one of them on the pod's containers. */
    private static long user(JsonNode pod) {
        var given = pod.path("spec")
                .path("containers")
                .path(0)
                .path("securityContext")
                .path("runAsUser")
                .asLong(0);
        return given > 0 && pod.path("metadata").path("annotations").has(OPENSHIFT_SCC) ? given : UID;
    }

    private static ObjectNode variable(String name, String field) {
        var variable = JsonNodeFactory.instance.objectNode().put("name", name);
        variable.putObject("valueFrom").putObject("fieldRef").put("fieldPath", field);
        return variable;
    }

    /** The kubelet expands {@code $(NAME)} in arguments; {@code $$} stands for the dollar. */
    private static String unexpanded(String text) {
        return text.replace("$", "$$");
    }
}
