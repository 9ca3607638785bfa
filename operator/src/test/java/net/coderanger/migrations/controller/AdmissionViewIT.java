package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.rbac.ChartRights;
import org.junit.jupiter.api.Test;

/** What admission knows of Migrators that no cache has seen yet, from a real API server. */
class AdmissionViewIT {

    @Test
    void a_migrator_that_the_cache_does_not_know_yet_is_found_also_beside_others()
            throws IOException, InterruptedException {
        try (var rights = ChartRights.install();
                var operator = rights.operator()) {
            // Given
            var view = new AdmissionView(operator, Duration.ofSeconds(5));
            var known = created(rights.admin(), rights.namespace(), "known");
            created(rights.admin(), rights.namespace(), "new");

            // When, Then
            assertThat(view.migrators(rights.namespace(), List.of(known), migrator -> named(migrator, "new")))
                    .extracting(migrator -> migrator.getMetadata().getName())
                    .containsExactlyInAnyOrder("known", "new");
            assertThat(view.migrators(rights.namespace(), List.of(known), migrator -> named(migrator, "known")))
                    .as("from the cache")
                    .containsExactly(known);
            assertThat(view.migrators(rights.namespace(), List.of(), migrator -> named(migrator, "known")))
                    .hasSize(2);
        }
    }

    private static boolean named(Migrator migrator, String name) {
        return name.equals(migrator.getMetadata().getName());
    }

    private static Migrator created(KubernetesClient admin, String namespace, String name) {
        var manifest = """
                apiVersion: migrations.coderanger.net/v1beta1
                kind: Migrator
                metadata: {name: %s, namespace: %s}
                spec: {selector: {matchLabels: {app: web}}, command: [migrate]}
                """.formatted(name, namespace);
        return admin.resource(admin.getKubernetesSerialization().unmarshal(manifest, Migrator.class))
                .create();
    }
}
