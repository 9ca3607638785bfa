package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;

/**
 * The topmost known controller of a pod, or the pod itself when it has none.
 *
 * @param kind its kind, for example {@code Deployment}
 * @param name its name
 * @param uid its UID
 * @param template its current pod template
 */
public record Workload(String kind, String name, String uid, PodTemplateSpec template) {

    /** Kind and name, as users write it. */
    public String ref() {
        return kind + "/" + name;
    }
}
