package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * The topmost known controller of a pod, or the pod itself when it has none.
 *
 * @param kind its kind, for example {@code Deployment}
 * @param name its name
 * @param uid its UID
 * @param template its current pod template
 * @param progressDeadline how long its rollout may stand still before Kubernetes calls it failed; empty if it never does
 */
public record Workload(
        String kind, String name, String uid, PodTemplateSpec template, Optional<Duration> progressDeadline) {

    /** Kind and name, as users write it. */
    public String ref() {
        return kind + "/" + name;
    }
}
