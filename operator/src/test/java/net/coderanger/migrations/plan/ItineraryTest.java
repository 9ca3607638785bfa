package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import net.coderanger.migrations.api.Migrator;
import org.junit.jupiter.api.Test;

/** A run that has failed, or waits for approval, is compared with the one that would start now: by the digest of what it is made from. */
class ItineraryTest {

    private static final Workload WEB = Workloads.of("Deployment", "web", template("registry.example.com/shop:v1"));

    @Test
    void the_same_inputs_have_the_same_digest_in_every_version_of_the_operator() throws IOException {
        assertThat(Itinerary.up(everyField(), WEB).orElseThrow().inputs())
                .as(
                        "raise Itinerary.FORM by one, and put the new value here: else an upgrade would start failed runs again")
                .isEqualTo("2-752af5aff057fca1");
    }

    @Test
    void other_inputs_differ_and_those_of_another_form_cannot_be_told_to() {
        var itinerary = itinerary("registry.example.com/shop:v1");
        var other = itinerary("registry.example.com/shop:v2");

        assertThat(itinerary.differsFrom(itinerary.inputs())).isFalse();
        assertThat(itinerary.differsFrom(other.inputs())).isTrue();
        assertThat(itinerary.differsFrom("1a2b3c4d5e6f7a8b")).isFalse();
        assertThat(itinerary.differsFrom("1-1a2b3c4d5e6f7a8b")).isFalse();
    }

    @Test
    void what_a_newer_operator_has_added_hinders_nobody_who_takes_over_from_it() {
        var itinerary = itinerary("registry.example.com/shop:v1");
        var newer = itinerary
                .json()
                .replaceFirst("\\{", "{\"speed\":1,")
                .replace("\"kind\":\"Migration\"", "\"kind\":\"Migration\",\"colour\":{}");

        assertThat(newer).contains("speed", "colour");
        assertThat(Itinerary.parse(newer)).hasValue(itinerary);
    }

    private static Itinerary itinerary(String image) {
        return Itinerary.up(Migrators.shop(), Workloads.of("Deployment", "web", template(image)))
                .orElseThrow();
    }

    private static Migrator everyField() throws IOException {
        try (var file = Objects.requireNonNull(Migrator.class.getResourceAsStream("every-field.yaml"))) {
            return Migrators.yaml(new String(file.readAllBytes(), StandardCharsets.UTF_8), Migrator.class);
        }
    }

    private static PodTemplateSpec template(String image) {
        return Migrators.yaml("""
                metadata:
                  labels: {app: shop}
                  annotations: {team: shop}
                spec:
                  serviceAccountName: shop
                  securityContext: {runAsNonRoot: true, fsGroup: 1000}
                  imagePullSecrets: [{name: registry}]
                  initContainers:
                  - {name: certificates, image: tools:v1, command: [fetch], volumeMounts: [{name: tls, mountPath: /tls}]}
                  - {name: proxy, image: proxy:v1, restartPolicy: Always}
                  containers:
                  - name: shop
                    image: %s
                    command: [serve]
                    args: [--port, "80"]
                    workingDir: /app
                    ports: [{containerPort: 80}]
                    env:
                    - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: database, key: password}}}
                    envFrom: [{configMapRef: {name: settings}}]
                    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
                    volumeMounts: [{name: tls, mountPath: /tls, readOnly: true}]
                    readinessProbe: {httpGet: {path: /, port: 80}}
                    securityContext: {allowPrivilegeEscalation: false}
                  - {name: metrics, image: exporter:v1}
                  volumes: [{name: tls, emptyDir: {}}]
                  affinity:
                    nodeAffinity:
                      requiredDuringSchedulingIgnoredDuringExecution:
                        nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]
                  tolerations: [{key: spot, operator: Exists}]
                """.formatted(image), PodTemplateSpec.class);
    }
}
