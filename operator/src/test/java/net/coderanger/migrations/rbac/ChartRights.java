package net.coderanger.migrations.rbac;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.coderanger.migrations.api.Migrator;
import org.awaitility.Awaitility;

/**
 * A service account with the rights that the chart gives the operator, in a namespace of its own. Its names are its own, too: an
 * operator that is installed in the same cluster is not touched.
 */
public final class ChartRights implements AutoCloseable {

    private static final Set<String> NAMESPACED = Set.of("ServiceAccount", "Role", "RoleBinding");
    private static final Set<String> CLUSTER_WIDE = Set.of(
            "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");

    /** Until the kind is served and the rights count. */
    private static final Duration COUNT = Duration.ofMinutes(2);

    private final KubernetesClient admin;
    private final String name;
    private final List<HasMetadata> rights;

    private ChartRights(KubernetesClient admin, String name, List<HasMetadata> rights) {
        this.admin = admin;
        this.name = name;
        this.rights = rights;
    }

    /** Installs them in the cluster that {@code KUBECONFIG} names. */
    public static ChartRights install() throws IOException, InterruptedException {
        var admin = new KubernetesClientBuilder().build();
        var name = "rights-" + UUID.randomUUID().toString().substring(0, 8);
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        var rendered = rendered(admin, name);
        var crds = rendered.stream()
                .filter(resource -> resource.getKind().equals("CustomResourceDefinition"))
                .toList();
        // As Helm: two managers that have applied different versions of it would be in each other's way ever after.
        crds.forEach(
                crd -> admin.resource(crd).fieldManager("helm").forceConflicts().serverSideApply());
        var rights = rendered.stream()
                .filter(resource ->
                        NAMESPACED.contains(resource.getKind()) || CLUSTER_WIDE.contains(resource.getKind()))
                .toList();
        rights.forEach(right -> admin.resource(right).create());
        var installed = new ChartRights(admin, name, rights);
        Awaitility.await()
                .atMost(COUNT)
                .ignoreExceptions()
                .until(() -> AccessReview.allows(admin, installed.user(), "list", Migrator.GROUP, "migrators", "", "")
                        && admin.resources(Migrator.class)
                                .inNamespace(name)
                                .list()
                                .getItems()
                                .isEmpty());
        return installed;
    }

    private static List<HasMetadata> rendered(KubernetesClient client, String name)
            throws IOException, InterruptedException {
        var helm = new ProcessBuilder(
                        "helm",
                        "template",
                        name,
                        "../helm/migrations-operator",
                        "--namespace",
                        name,
                        "--set",
                        "fullnameOverride=" + name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var resources = client.load(helm.getInputStream()).items();
        if (helm.waitFor() != 0) {
            throw new IOException("helm template has failed");
        }
        return resources;
    }

    /** An administrator's client, which ends with this. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The namespace, which is also the name of everything that the chart made. */
    public String namespace() {
        return name;
    }

    public String user() {
        return "system:serviceaccount:" + name + ":" + name;
    }

    /** A client of that service account, for the caller to close. */
    public KubernetesClient operator() {
        var config = new ConfigBuilder(Config.autoConfigure(null))
                .withImpersonateUsername(user())
                .withImpersonateGroups(
                        "system:serviceaccounts", "system:serviceaccounts:" + name, "system:authenticated")
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() {
        rights.stream()
                .filter(right -> CLUSTER_WIDE.contains(right.getKind()))
                .forEach(right -> admin.resource(right).delete());
        admin.namespaces().withName(name).delete();
        admin.close();
    }
}
