package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;

/** Asks the API server, by SubjectAccessReview. */
public final class SubjectAccess implements AccessReview {

    private final KubernetesClient client;

    /**
     * By a client's connections, but with less patience.
     *
     * @param timeout when the API server gives up on the webhook; a question and its repetition end before
     */
    public SubjectAccess(KubernetesClient client, Duration timeout) {
        this.client = client.newClient(
                        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                                .withRequestTimeout((int)
                                        timeout.multipliedBy(2).dividedBy(5).toMillis())
                                .withRequestRetryBackoffLimit(1)
                                .build())
                .adapt(KubernetesClient.class);
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
