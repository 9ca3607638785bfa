package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Asks the API server, by SubjectAccessReview. */
public final class SubjectAccess implements AccessReview {

    private final KubernetesClient client;

    /** A client whose requests end well before the API server gives up on the webhook. */
    public SubjectAccess(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public boolean allows(User user, Action action) {
        var review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user.name())
                .withUid(user.uid())
                .withGroups(user.groups())
                .withExtra(user.extra())
                .withNewResourceAttributes()
                .withNamespace(action.namespace())
                .withVerb(action.verb())
                .withGroup(action.group())
                .withResource(action.resource())
                .withName(action.name())
                .endResourceAttributes()
                .endSpec()
                .build();
        var status =
                client.authorization().v1().subjectAccessReview().create(review).getStatus();
        return status != null && Boolean.TRUE.equals(status.getAllowed());
    }
}
