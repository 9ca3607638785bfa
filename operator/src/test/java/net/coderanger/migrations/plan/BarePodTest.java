package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What was a pod without a controller made from? */
class BarePodTest {

    private static final Pod RUNNING = Migrators.yaml("""
            metadata:
              name: shell
              labels: {app: shop}
              annotations: {team: blue}
            spec:
              nodeName: node-1
              hostname: shell
              priority: 100
              priorityClassName: high
              preemptionPolicy: PreemptLowerPriority
              serviceAccount: shop
              serviceAccountName: shop
              futureField: kept
              schedulingGates: [{name: migrations.coderanger.net/shop}]
              ephemeralContainers: [{name: debugger, image: busybox}]
              initContainers:
              - {name: migrate-wait-shop, image: waiter}
              - name: fetch
                image: fetch:1
                volumeMounts: [{name: kube-api-access-x7k2p, mountPath: /var/run/secrets}]
              containers:
              - name: app
                image: shop:v1
                volumeMounts:
                - {name: data, mountPath: /data}
                - {name: kube-api-access-x7k2p, mountPath: /var/run/secrets}
                - {name: migrations-gate, mountPath: /migrations-gate}
              volumes:
              - {name: data, emptyDir: {}}
              - {name: kube-api-access-x7k2p, projected: {}}
              - {name: migrations-gate, downwardAPI: {}}
              tolerations:
              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
              - {key: gpu, operator: Exists}
            """, Pod.class);

    @DisplayName("B10: what admission and scheduling added is taken away")
    @Test
    void what_was_added_is_taken_away() {
        // When
        var spec = BarePod.template(RUNNING).getSpec();
        // Then
        assertThat(spec.getNodeName()).isNull();
        assertThat(spec.getPriority()).isNull();
        assertThat(spec.getPreemptionPolicy()).isNull();
        assertThat(spec.getServiceAccount()).isNull();
        assertThat(spec.getSchedulingGates()).isEmpty();
        assertThat(spec.getEphemeralContainers()).isEmpty();
        assertThat(spec.getVolumes()).extracting(Volume::getName).containsExactly("data");
        assertThat(spec.getInitContainers()).extracting(Container::getName).containsExactly("fetch");
        assertThat(spec.getInitContainers().getFirst().getVolumeMounts()).isEmpty();
        assertThat(spec.getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactly("data");
        assertThat(spec.getTolerations())
                .extracting(toleration -> toleration.getKey() + " " + toleration.getTolerationSeconds())
                .containsExactly("node.kubernetes.io/unreachable 10", "gpu null");
    }

    @Test
    void what_the_user_wrote_stays() {
        // When
        var template = BarePod.template(RUNNING);
        // Then
        assertThat(template.getMetadata().getLabels()).containsEntry("app", "shop");
        assertThat(template.getMetadata().getAnnotations()).containsEntry("team", "blue");
        assertThat(template.getSpec().getPriorityClassName()).isEqualTo("high");
        assertThat(template.getSpec().getServiceAccountName()).isEqualTo("shop");
        assertThat(template.getSpec().getAdditionalProperties()).containsEntry("futureField", "kept");
    }

    @Test
    void the_pod_itself_is_not_changed() {
        // Given
        var before = Migrators.json(RUNNING);
        // When
        BarePod.template(RUNNING);
        // Then
        assertThat(Migrators.json(RUNNING)).isEqualTo(before);
    }

    @Test
    void a_pod_with_the_least_of_a_spec_will_do() {
        // Given
        var least =
                Migrators.yaml("spec: {containers: [{name: app, image: 'shop:v1'}]}\nmetadata: {name: a}", Pod.class);
        // Then
        assertThat(Revision.of(BarePod.template(least), null)).hasValue("shop:v1");
    }
}
