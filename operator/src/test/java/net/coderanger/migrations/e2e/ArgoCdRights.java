package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;

/** What users of Argo CD may do while a test runs, and what Argo CD itself may do in its namespace. */
final class ArgoCdRights implements AutoCloseable {

    private static final String SERVER = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: argocd-approves}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: migrations-operator-approver}
            subjects: [{kind: ServiceAccount, name: argocd-server, namespace: argocd}]
            """;

    private final TestNamespace namespace;
    private final List<String> lines = new ArrayList<>();

    ArgoCdRights(TestNamespace namespace) {
        this.namespace = namespace;
    }

    /** Actions are done by Argo CD's API server, under its own name. */
    void serverMayApprove() {
        namespace.apply(SERVER);
    }

    /** Gives an account one of the roles of {@code argocd/install/policy.csv}. */
    void grant(String account, String role) {
        lines.add("g, %s, %s".formatted(account, role));
        patch("\"" + String.join("\\n", lines) + "\"");
    }

    private void patch(String policy) {
        namespace
                .client()
                .configMaps()
                .inNamespace(ArgoCd.NAMESPACE)
                .withName("argocd-rbac-cm")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"data\": {\"policy.%s.csv\": %s}}".formatted(namespace.name(), policy));
    }

    @Override
    public void close() {
        patch("null");
    }
}
