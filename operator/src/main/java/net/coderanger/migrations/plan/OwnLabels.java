package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.Map;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.SafeName;

/** Labels of the operator's Jobs and of their pods. */
final class OwnLabels {

    private OwnLabels() {}

    /**
     * The Migrator's own labels, as in the original, and the operator's. Labels by which Helm and Argo CD know what they have
     * applied are left out: a Job that carried them would be taken for theirs.
     */
    static Map<String, String> ofJob(ObjectMeta migrator, String runId) {
        var labels = new HashMap<String, String>();
        SeenPod.orEmpty(migrator.getLabels()).forEach((key, value) -> {
            if (!tracks(key)) {
                labels.put(key, value);
            }
        });
        labels.putAll(ofPod(migrator));
        labels.put(Labels.RUN, runId);
        return labels;
    }

    static Map<String, String> ofPod(ObjectMeta migrator) {
        var name = SafeName.of(migrator.getName(), SafeName.MAX);
        return Map.of(Labels.MIGRATIONS, name, Labels.MIGRATOR, name);
    }

    private static boolean tracks(String key) {
        return key.equals("app.kubernetes.io/instance")
                || key.equals("app.kubernetes.io/managed-by")
                || key.startsWith("argocd.argoproj.io/")
                || key.startsWith("helm.sh/")
                || key.startsWith("kustomize.toolkit.fluxcd.io/")
                || key.startsWith("helm.toolkit.fluxcd.io/");
    }
}
