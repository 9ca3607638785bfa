package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.coderanger.migrations.api.Gates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of the Job is always a moment old. */
class OutcomeFinalizerIT {

    private static final String FOREIGN = "example.com/keep";

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final OutcomeFinalizer finalizer = new OutcomeFinalizer(client);
    private final String namespace = "finalizer-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeEach
    void namespace() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void leave_nothing_behind() {
        client.batch().v1().jobs().inNamespace(namespace).list().getItems().forEach(job -> finalizers(job, List.of()));
        client.namespaces().withName(namespace).delete();
        client.close();
    }

    @Test
    void a_job_that_was_written_meanwhile_is_let_go_of_and_keeps_what_was_written() {
        // Given
        var seen = create(Gates.OUTCOME_FINALIZER);
        write(seen, "{\"labels\": {\"written-meanwhile\": \"true\"}}");

        // When
        finalizer.takeOff(seen);

        // Then
        assertThat(current(seen).getFinalizers()).isEmpty();
        assertThat(current(seen).getMetadata().getLabels()).containsKey("written-meanwhile");
    }

    @Test
    void only_its_own_finalizer_is_taken_off_wherever_it_stands_by_now() {
        // Given
        var seen = create(Gates.OUTCOME_FINALIZER, FOREIGN);
        finalizers(seen, List.of(FOREIGN, Gates.OUTCOME_FINALIZER));

        // When
        finalizer.takeOff(seen);

        // Then
        assertThat(current(seen).getFinalizers()).containsExactly(FOREIGN);
    }

    @Test
    void a_finalizer_that_is_off_already_is_no_trouble() {
        // Given
        var seen = create(Gates.OUTCOME_FINALIZER, FOREIGN);
        finalizers(seen, List.of(FOREIGN));

        // When
        finalizer.takeOff(seen);

        // Then
        assertThat(current(seen).getFinalizers()).containsExactly(FOREIGN);
    }

    @Test
    void a_job_in_deletion_goes() {
        // Given
        var seen = create(Gates.OUTCOME_FINALIZER);
        client.resource(seen).delete();

        // When
        finalizer.takeOff(seen);

        // Then
        assertThat(client.resource(seen).get()).isNull();
    }

    @Test
    void another_job_of_the_same_name_keeps_its_finalizer() {
        // Given
        var seen = create(Gates.OUTCOME_FINALIZER);
        finalizers(seen, List.of());
        client.resource(seen).delete();
        client.resource(seen).waitUntilCondition(Objects::isNull, 30, TimeUnit.SECONDS);
        var next = create(Gates.OUTCOME_FINALIZER);

        // When
        finalizer.takeOff(seen);

        // Then
        assertThat(current(next).getFinalizers()).containsExactly(Gates.OUTCOME_FINALIZER);
    }

    private Job create(String... finalizers) {
        return client.resource(new JobBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("migration")
                        .withFinalizers(finalizers)
                        .endMetadata()
                        .withNewSpec()
                        .withSuspend(true)
                        .withNewTemplate()
                        .withNewSpec()
                        .withRestartPolicy("Never")
                        .addNewContainer()
                        .withName("migrations")
                        .withImage("shop")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }

    private Job current(Job job) {
        return client.resource(job).require();
    }

    private void finalizers(Job job, List<String> finalizers) {
        write(job, client.getKubernetesSerialization().asJson(Map.of("finalizers", finalizers)));
    }

    /** As others do, on whatever version there is: the Job controller writes, too. */
    private void write(Job job, String metadata) {
        client.resource(job).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": " + metadata + "}");
    }
}
