package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.coderanger.migrations.output.Excerpt;
import net.coderanger.migrations.output.PodTexts;
import net.coderanger.migrations.output.Redaction;
import net.coderanger.migrations.output.SecretUse;
import net.coderanger.migrations.plan.SeenJob;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a Job's pods say fit to be shown: adds the end of the log, and takes out what the Job gets from Secrets. Those are read
 * only when there is something to take them out of, live, and forgotten at once. If they cannot be had, nothing is shown.
 */
final class JobOutput {

    private static final int FORBIDDEN = 403;

    /** How much of a log is looked at, in characters; much more than is shown, so that a cause before a stack trace is found. */
    private static final int LOOKED_AT = 16_000;

    private final KubernetesClient client;
    private final PodLog logs;

    JobOutput(KubernetesClient client) {
        this.client = client;
        this.logs = new PodLog(client);
    }

    /** The Job with its output, and with no secret in it. */
    SeenJob shown(SeenJob seen) {
        var ended = seen.ended();
        var redaction = new OnDemand(seen.job());
        var log = ended.flatMap(pod -> logs.of(pod, SeenJob.CONTAINER))
                .map(text -> redaction.apply(Excerpt.lastLines(text, LOOKED_AT)));
        var fit = withPods(seen, redaction);
        var output = log.or(() -> fit.ended().flatMap(SeenJob::terminationMessage));
        return new SeenJob(fit.job(), fit.pods(), fit.warnings(), output);
    }

    /** The Job without anything that its pods have said. */
    static SeenJob silent(SeenJob seen) {
        return withPods(seen, text -> "");
    }

    private static SeenJob withPods(SeenJob seen, UnaryOperator<String> redaction) {
        return new SeenJob(
                seen.job(),
                seen.pods().stream()
                        .map(pod -> PodTexts.changed(pod, redaction, Redaction.OF_URLS))
                        .toList(),
                seen.warnings().stream().map(Redaction.OF_URLS).toList(),
                Optional.empty());
    }

    /** Reads the Secrets of a Job when it meets the first text. */
    private final class OnDemand implements UnaryOperator<String> {

        private final Job job;
        private @Nullable UnaryOperator<String> made;

        OnDemand(Job job) {
            this.job = job;
        }

        @Override
        public String apply(String text) {
            var redaction = made == null ? redaction(job) : made;
            made = redaction;
            return redaction.apply(text);
        }
    }

    private UnaryOperator<String> redaction(Job job) {
        var values = new ArrayList<String>();
        var read = new HashMap<String, Optional<Secret>>();
        for (var use : SecretUse.of(job.getSpec().getTemplate().getSpec())) {
            Optional<List<String>> found;
            try {
                var secret = read.computeIfAbsent(use.secret(), name -> secret(job, name));
                found = use.valuesIn(secret.orElse(null));
            } catch (KubernetesClientException e) {
                return withheld(
                        job,
                        e.getCode() == FORBIDDEN
                                ? "the operator may not read Secret " + use.secret() + ", which the Job uses"
                                : "Secret " + use.secret() + ", which the Job uses, cannot be read now");
            }
            if (found.isEmpty()) {
                return withheld(job, "Secret " + use.secret() + ", which the Job uses, is not what it was");
            }
            values.addAll(found.get());
        }
        return Redaction.of(values);
    }

    private Optional<Secret> secret(Job job, String name) {
        return Optional.ofNullable(client.secrets()
                .inNamespace(job.getMetadata().getNamespace())
                .withName(name)
                .get());
    }

    private static UnaryOperator<String> withheld(Job job, String why) {
        return text -> "output withheld: " + why + "; see kubectl logs job/"
                + job.getMetadata().getName();
    }
}
