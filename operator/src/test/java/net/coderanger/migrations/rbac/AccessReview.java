package net.coderanger.migrations.rbac;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** What the API server's authorizer says of somebody. */
public final class AccessReview {

    private AccessReview() {}

    /**
     * Whether a user may do something.
     *
     * @param resource with its subresource, as in a role's rule
     * @param namespace empty for all at once
     * @param name of the object; empty for all
     */
    public static boolean allows(
            KubernetesClient admin,
            String user,
            String verb,
            String group,
            String resource,
            String namespace,
            String name) {
        var parts = resource.split("/", 2);
        var review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user)
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(group)
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : "")
                .withNamespace(namespace)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build();
        return admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }
}
