package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The end of what a container has printed. Asked of the API server directly: the client's own way to logs watches the pod first, and
 * waits longer for a node that does not answer than a run's end may be held up.
 */
final class PodLog {

    /** Kubelet counts pieces of 16 kB as lines, so this is at most 1.6 MB. A stack trace has some thirty lines after its cause. */
    private static final int LINES = 100;

    /** What kubelet answers, as if it were the log, when the runtime has removed the container. */
    private static final String GONE = "unable to retrieve container logs for ";

    private static final int PATIENCE_SECONDS = 3;

    private final KubernetesClient client;

    PodLog(KubernetesClient client) {
        this.client = client;
    }

    /** The last lines of a container's log; empty if there is none, or it cannot be had now. */
    Optional<String> of(Pod pod, String container) {
        var request = client.getHttpClient()
                .newHttpRequestBuilder()
                // not limitBytes: that keeps the beginning
                .uri(client.getMasterUrl() + "api/v1/namespaces/"
                        + pod.getMetadata().getNamespace() + "/pods/"
                        + pod.getMetadata().getName() + "/log?container=" + container + "&tailLines=" + LINES)
                .build();
        var answer = client.getHttpClient().sendAsync(request, String.class);
        try {
            return Optional.of(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .filter(HttpResponse::isSuccessful)
                    .map(HttpResponse::body)
                    .filter(text -> !text.isBlank() && !text.startsWith(GONE));
        } catch (TimeoutException | ExecutionException e) {
            answer.cancel(true);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
