package net.coderanger.migrations.rbac;

import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A user who gets rights and loses them again, one by one, and of whom the API server's authorizer is asked each time. */
public final class RightsTrial implements AutoCloseable {

    /** Until a role that was written counts. */
    private static final Duration COUNTS = Duration.ofSeconds(30);

    private static final String GROUP = "rbac.authorization.k8s.io";

    private final KubernetesClient admin = new KubernetesClientBuilder().build();
    private final String user = "trial-" + UUID.randomUUID().toString().substring(0, 8);
    private final String home;

    private RightsTrial(String home) {
        this.home = home;
    }

    /**
     * A user without rights.
     *
     * @param home the namespace of those rights that are not for all namespaces
     */
    public static RightsTrial start(String home) {
        var trial = new RightsTrial(home);
        trial.bind();
        return trial;
    }

    /** Those of the rights without which each of the requests would be allowed all the same, by the others. */
    public List<Right> superfluous(List<Right> rights, List<AuditedRequest> requests) {
        return rights.stream().filter(right -> !misses(right, rights, requests)).toList();
    }

    private boolean misses(Right right, List<Right> rights, List<AuditedRequest> requests) {
        var use = requests.stream()
                .filter(request ->
                        Right.usedBy(request, rights).filter(right::equals).isPresent())
                .findFirst();
        if (use.isEmpty()) {
            return false;
        }
        has(rights);
        Awaitility.await("all rights count").atMost(COUNTS).until(() -> may(use.get()));
        has(rights.stream().filter(other -> !other.equals(right)).toList());
        try {
            Awaitility.await().atMost(COUNTS).until(() -> !may(use.get()));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private boolean may(AuditedRequest request) {
        return AccessReview.allows(
                admin, user, request.verb(), request.group(), request.resource(), request.namespace(), request.name());
    }

    private void has(List<Right> rights) {
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withRules(rules(rights, ""))
                        .build())
                .forceConflicts()
                .serverSideApply();
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(home)
                        .endMetadata()
                        .withRules(rules(rights, home))
                        .build())
                .forceConflicts()
                .serverSideApply();
    }

    private static List<PolicyRule> rules(List<Right> rights, String namespace) {
        return rights.stream()
                .filter(right -> right.namespace().equals(namespace))
                .map(right -> new PolicyRuleBuilder()
                        .withApiGroups(right.group())
                        .withResources(right.resource())
                        .withVerbs(right.verb())
                        .withResourceNames(List.copyOf(right.names()))
                        .build())
                .toList();
    }

    private void bind() {
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withNewRoleRef(GROUP, "ClusterRole", user)
                        .addNewSubject(GROUP, "User", user, null)
                        .build())
                .create();
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(home)
                        .endMetadata()
                        .withNewRoleRef(GROUP, "Role", user)
                        .addNewSubject(GROUP, "User", user, null)
                        .build())
                .create();
    }

    @Override
    public void close() {
        admin.rbac().clusterRoleBindings().withName(user).delete();
        admin.rbac().clusterRoles().withName(user).delete();
        admin.rbac().roleBindings().inNamespace(home).withName(user).delete();
        admin.rbac().roles().inNamespace(home).withName(user).delete();
        admin.close();
    }
}
