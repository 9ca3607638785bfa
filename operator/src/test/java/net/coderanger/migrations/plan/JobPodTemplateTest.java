package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What does the pod that migrates look like? */
class JobPodTemplateTest {

    private static final String SERVING = """
            metadata:
              labels: {app: shop}
            spec:
              restartPolicy: Always
              nodeName: node-1
              hostname: web
              subdomain: shop
              setHostnameAsFQDN: true
              activeDeadlineSeconds: 60
              serviceAccountName: shop
              serviceAccount: shop
              futureField: {kept: true}
              imagePullSecrets: [{name: registry}]
              nodeSelector: {disk: ssd}
              readinessGates: [{conditionType: lb}]
              schedulingGates: [{name: migrations.coderanger.net/shop}]
              resourceClaims: [{name: gpu, resourceClaimName: gpu-1}]
              tolerations: [{key: shop, operator: Exists}]
              affinity:
                nodeAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Exists}]}]}
                podAntiAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: host}]
                  preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: host}}]
                podAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone}]
              topologySpreadConstraints:
              - {topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}
              - {topologyKey: host, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}
              volumes: [{name: config, configMap: {name: shop}}, {name: migrations-gate, downwardAPI: {}}]
              initContainers:
              - {name: migrate-wait-shop, image: waiter}
              - name: proxy
                image: sql-proxy:2
                restartPolicy: Always
                ports: [{containerPort: 5432}]
                startupProbe: {tcpSocket: {port: 5432}}
                livenessProbe: {tcpSocket: {port: 5432}}
              - {name: fetch, image: fetch:1, futureField: kept, startupProbe: {exec: {command: [a]}}}
              containers:
              - name: app
                image: shop:v1
                command: [serve]
                args: [--all]
                futureField: kept
                resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
                env: [{name: MODE, value: serve}, {name: DB, value: main}]
                ports: [{containerPort: 80, hostPort: 80}]
                lifecycle: {preStop: {exec: {command: [drain]}}}
                livenessProbe: {httpGet: {path: /, port: 80}}
                readinessProbe: {httpGet: {path: /, port: 80}}
                startupProbe: {httpGet: {path: /, port: 80}}
                terminationMessagePolicy: File
                volumeMounts:
                - {name: config, mountPath: /config}
                - {name: data, mountPath: /data}
                volumeDevices: [{name: raw, devicePath: /dev/raw}]
              - {name: metrics, image: exporter:1, ports: [{containerPort: 9090}]}
            """;

    @Test
    void only_the_selected_container_remains_under_the_originals_name() {
        // When
        var pod = pod();
        // Then
        assertThat(pod.getContainers()).hasSize(1);
        assertThat(migrations(pod).getName()).isEqualTo("migrations");
        assertThat(migrations(pod).getImage()).isEqualTo("shop:v1");
        assertThat(migrations(pod).getCommand()).containsExactly("serve");
        assertThat(migrations(pod).getArgs()).containsExactly("--all");
        assertThat(pod.getRestartPolicy()).isEqualTo("Never");
    }

    @DisplayName("B11: what belongs to serving is taken away")
    @Test
    void what_belongs_to_serving_goes() {
        // When
        var container = migrations(pod());
        // Then
        assertThat(container.getPorts()).isEmpty();
        assertThat(container.getLifecycle()).isNull();
        assertThat(container.getLivenessProbe()).isNull();
        assertThat(container.getReadinessProbe()).isNull();
        assertThat(container.getStartupProbe()).isNull();
    }

    @DisplayName("B10, B11: what ties a pod to a node, a name or other pods is taken away")
    @Test
    void what_ties_a_pod_down_goes() {
        // When
        var pod = pod();
        // Then
        assertThat(pod.getNodeName()).isNull();
        assertThat(pod.getHostname()).isNull();
        assertThat(pod.getSubdomain()).isNull();
        assertThat(pod.getSetHostnameAsFQDN()).isNull();
        assertThat(pod.getActiveDeadlineSeconds()).isNull();
        assertThat(pod.getReadinessGates()).isEmpty();
        assertThat(pod.getSchedulingGates()).isEmpty();
        assertThat(pod.getAffinity().getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .isEmpty();
        assertThat(pod.getAffinity().getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .isEmpty();
        assertThat(pod.getTopologySpreadConstraints())
                .extracting(constraint -> constraint.getTopologyKey())
                .containsExactly("host");
    }

    @Test
    void where_a_pod_may_run_stays() {
        // When
        var pod = pod();
        // Then
        assertThat(pod.getNodeSelector()).containsEntry("disk", "ssd");
        assertThat(pod.getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .isNotNull();
        assertThat(pod.getAffinity().getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                .hasSize(1);
        assertThat(pod.getTolerations()).extracting(Toleration::getKey).containsExactly("shop");
        assertThat(pod.getServiceAccountName()).isEqualTo("shop");
    }

    @DisplayName("B12: fields that are newer than this operator survive into the Job")
    @Test
    void unknown_fields_survive() {
        // When
        var pod = pod();
        // Then
        assertThat(pod.getAdditionalProperties()).containsKey("futureField");
        assertThat(migrations(pod).getAdditionalProperties()).containsEntry("futureField", "kept");
        assertThat(init(pod, "fetch").getAdditionalProperties()).containsEntry("futureField", "kept");
        assertThat(pod.getResourceClaims()).hasSize(1);
        assertThat(migrations(pod).getResizePolicy()).hasSize(1);
        assertThat(Migrators.json(pod)).contains("futureField");
    }

    @DisplayName("B12: a native sidecar stays one, with the probe that the containers after it wait for")
    @Test
    void a_native_sidecar_stays() {
        // When
        var proxy = init(pod(), "proxy");
        // Then
        assertThat(proxy.getRestartPolicy()).isEqualTo("Always");
        assertThat(proxy.getStartupProbe()).isNotNull();
        assertThat(proxy.getLivenessProbe()).isNull();
        assertThat(proxy.getPorts()).isEmpty();
    }

    @Test
    void init_containers_stay_but_waiters_and_their_volume_go() {
        // When
        var pod = pod();
        // Then
        assertThat(pod.getInitContainers()).extracting(Container::getName).containsExactly("proxy", "fetch");
        assertThat(init(pod, "fetch").getStartupProbe()).isNull();
        assertThat(pod.getVolumes()).extracting(Volume::getName).containsExactly("config");
    }

    @DisplayName("mounts of a StatefulSet's claim templates go, for the Job has no such volume")
    @Test
    void mounts_without_a_volume_go() {
        // When
        var container = migrations(pod());
        // Then
        assertThat(container.getVolumeMounts()).extracting(VolumeMount::getName).containsExactly("config");
        assertThat(container.getVolumeDevices()).isEmpty();
    }

    @Test
    void the_last_output_becomes_the_termination_message() {
        assertThat(migrations(pod()).getTerminationMessagePolicy()).isEqualTo("FallbackToLogsOnError");
    }

    @Test
    void another_container_called_migrations_gets_another_name() {
        // Given
        var template = Workloads.written(
                "spec:",
                "  initContainers: [{name: migrations, image: 'shop:v1'}]",
                "  containers: [{name: app, image: 'shop:v1'}]");
        // When
        var pod = new JobPodTemplate(Migrators.spec("")).of(template).orElseThrow();
        // Then
        assertThat(pod.getInitContainers().getFirst().getName())
                .isNotEqualTo(migrations(pod).getName());
    }

    @Test
    void the_workloads_template_is_not_changed() {
        // Given
        var template = template();
        var before = Migrators.json(template);
        // When
        new JobPodTemplate(Migrators.spec("job: {env: [{name: MODE, value: migrate}]}")).of(template);
        // Then
        assertThat(Migrators.json(template)).isEqualTo(before);
    }

    static PodTemplateSpec template() {
        return Workloads.written(SERVING);
    }

    static PodSpec pod(String... specLines) {
        return new JobPodTemplate(Migrators.spec(specLines)).of(template()).orElseThrow();
    }

    static Container migrations(PodSpec pod) {
        return pod.getContainers().getFirst();
    }

    private static Container init(PodSpec pod, String name) {
        return pod.getInitContainers().stream()
                .filter(container -> name.equals(container.getName()))
                .findFirst()
                .orElseThrow();
    }
}
