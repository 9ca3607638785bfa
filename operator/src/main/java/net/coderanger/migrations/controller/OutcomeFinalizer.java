package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Gates;

/**
 * Takes the finalizer off that keeps a Job until its outcome is recorded. The Job controller writes the Job at the same moment, so
 * nothing is said of its version: the patch tests what it removes.
 */
final class OutcomeFinalizer {

    /** How the API server says that a test of a JSON patch does not hold. */
    private static final int UNPROCESSABLE = 422;

    private static final int TRIES = 3;

    private final KubernetesClient client;

    OutcomeFinalizer(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Takes it off, if the Job still exists and has it.
     *
     * @param job as it was seen last; others may have written it since
     * @throws KubernetesClientException if the API server cannot be reached or refuses
     */
    void takeOff(Job job) {
        takeOff(job, TRIES);
    }

    private void takeOff(Job job, int tries) {
        if (!job.getMetadata().getFinalizers().contains(Gates.OUTCOME_FINALIZER)) {
            return;
        }
        try {
            client.resource(job)
                    .patch(
                            PatchContext.of(PatchType.JSON),
                            client.getKubernetesSerialization().asJson(patch(job)));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return;
            }
            if (e.getCode() != UNPROCESSABLE || tries == 1) {
                throw e;
            }
            current(job).ifPresent(current -> takeOff(current, tries - 1));
        }
    }

    private Optional<Job> current(Job job) {
        return Optional.ofNullable(client.resource(job).get())
                .filter(current ->
                        job.getMetadata().getUid().equals(current.getMetadata().getUid()));
    }

    private static List<Map<String, String>> patch(Job job) {
        var metadata = job.getMetadata();
        var entry = "/metadata/finalizers/" + metadata.getFinalizers().indexOf(Gates.OUTCOME_FINALIZER);
        return List.of(
                Map.of("op", "test", "path", "/metadata/uid", "value", metadata.getUid()),
                Map.of("op", "test", "path", entry, "value", Gates.OUTCOME_FINALIZER),
                Map.of("op", "remove", "path", entry));
    }
}
