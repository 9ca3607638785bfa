package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What does a pod get from Secrets? */
class SecretUseTest {

    @Test
    void variables_and_files_of_all_containers() {
        // Given
        var pod = pod("""
                initContainers:
                - name: fetch
                  env:
                  - {name: TOKEN, valueFrom: {secretKeyRef: {name: s3, key: token, optional: true}}}
                containers:
                - name: migrations
                  env:
                  - {name: PLAIN, value: text}
                  - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                  - {name: PW, valueFrom: {secretKeyRef: {name: db, key: password}}}
                  - {name: PW_AGAIN, valueFrom: {secretKeyRef: {name: db, key: password}}}
                  envFrom:
                  - {secretRef: {name: app}}
                  - {secretRef: {name: more, optional: true}}
                  - {configMapRef: {name: settings}}
                volumes:
                - {name: a, secret: {secretName: files}}
                - {name: b, secret: {secretName: tls, items: [{key: tls.key, path: key}], optional: true}}
                - name: c
                  projected:
                    sources:
                    - {serviceAccountToken: {path: token}}
                    - {secret: {name: all}}
                    - {secret: {name: some, items: [{key: one, path: one}, {key: two, path: two}]}}
                - {name: d, emptyDir: {}}
                """);
        // Then
        assertThat(SecretUse.of(pod))
                .containsExactlyInAnyOrder(
                        new SecretUse("s3", Optional.of("token"), true),
                        new SecretUse("db", Optional.of("password"), false),
                        new SecretUse("app", Optional.empty(), false),
                        new SecretUse("more", Optional.empty(), true),
                        new SecretUse("files", Optional.empty(), false),
                        new SecretUse("tls", Optional.of("tls.key"), true),
                        new SecretUse("all", Optional.empty(), false),
                        new SecretUse("some", Optional.of("one"), false),
                        new SecretUse("some", Optional.of("two"), false));
    }

    @Test
    void a_pod_without_secrets() {
        assertThat(SecretUse.of(pod("containers: [{name: migrations}]"))).isEmpty();
    }

    @Test
    void one_value_or_all() {
        // Given
        var secret = new SecretBuilder()
                .withData(Map.of("user", "c2hvcA==", "password", "aHVudGVyMg=="))
                .build();
        // Then
        assertThat(new SecretUse("db", Optional.of("password"), false).valuesIn(secret))
                .hasValue(List.of("aHVudGVyMg=="));
        assertThat(new SecretUse("db", Optional.empty(), false).valuesIn(secret).orElseThrow())
                .containsExactlyInAnyOrder("c2hvcA==", "aHVudGVyMg==");
        assertThat(new SecretUse("db", Optional.empty(), false).valuesIn(new SecretBuilder().build()))
                .hasValue(List.of());
    }

    @Test
    void what_the_pod_could_not_have_started_without_was_there() {
        // Given
        var other = new SecretBuilder().withData(Map.of("user", "c2hvcA==")).build();
        // Then
        assertThat(new SecretUse("db", Optional.of("password"), false).valuesIn(null))
                .isEmpty();
        assertThat(new SecretUse("db", Optional.of("password"), false).valuesIn(other))
                .isEmpty();
        assertThat(new SecretUse("db", Optional.empty(), false).valuesIn(null)).isEmpty();
        assertThat(new SecretUse("db", Optional.of("password"), true).valuesIn(null))
                .hasValue(List.of());
        assertThat(new SecretUse("db", Optional.of("password"), true).valuesIn(other))
                .hasValue(List.of());
    }

    private static PodSpec pod(String yaml) {
        return new KubernetesSerialization().unmarshal(yaml, PodSpec.class);
    }
}
