package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** How does the pod that migrates differ from the template because its Migrator says so? */
class JobOverridesTest {

    @Test
    void the_spec_replaces_image_command_and_arguments() {
        // When
        var container = JobPodTemplateTest.migrations(
                JobPodTemplateTest.pod("image: tools:7", "command: [migrate]", "args: []"));
        // Then
        assertThat(container.getImage()).isEqualTo("tools:7");
        assertThat(container.getCommand()).containsExactly("migrate");
        assertThat(container.getArgs()).isEmpty();
    }

    @Test
    void the_named_container_is_selected_and_further_ones_are_kept_on_demand() {
        // When
        var pod = JobPodTemplateTest.pod("container: metrics", "job: {keepContainers: [app, metrics, nothing]}");
        // Then
        assertThat(pod.getContainers()).extracting(Container::getName).containsExactly("migrations", "app");
        assertThat(JobPodTemplateTest.migrations(pod).getImage()).isEqualTo("exporter:1");
        assertThat(pod.getContainers().getLast().getPorts()).isEmpty();
        assertThat(pod.getContainers().getLast().getLivenessProbe()).isNull();
    }

    @Test
    void no_template_without_the_named_container() {
        assertThat(new JobPodTemplate(Migrators.spec("container: django")).of(JobPodTemplateTest.template()))
                .isEmpty();
    }

    @Test
    void environment_is_merged_by_name() {
        // When
        var env = JobPodTemplateTest.migrations(JobPodTemplateTest.pod(
                        "job: {env: [{name: MODE, value: migrate}, {name: ROLE, value: owner}]}"))
                .getEnv();
        // Then
        assertThat(env)
                .extracting(EnvVar::getName, EnvVar::getValue)
                .containsExactly(
                        Tuple.tuple("MODE", "migrate"), Tuple.tuple("DB", "main"), Tuple.tuple("ROLE", "owner"));
    }

    @Test
    void the_job_has_an_identity_and_limits_of_its_own_on_demand() {
        // When
        var pod = JobPodTemplateTest.pod(
                "job:",
                "  serviceAccountName: owner",
                "  nodeSelector: {disk: big}",
                "  podSecurityContext: {runAsUser: 7}",
                "  securityContext: {runAsNonRoot: true}",
                "  resources: {limits: {memory: 2Gi}}",
                "  tolerations: [{key: batch, operator: Exists}, {key: shop, operator: Exists}]",
                "  imagePullSecrets: [{name: tools}]",
                "  envFrom: [{secretRef: {name: owner}}]",
                "  volumes: [{name: data, emptyDir: {}}, {name: config, emptyDir: {}}]",
                "  volumeMounts: [{name: config, mountPath: /data}, {name: data, mountPath: /scratch}]");
        // Then
        assertThat(pod.getServiceAccountName()).isEqualTo("owner");
        assertThat(pod.getServiceAccount()).isNull();
        assertThat(pod.getNodeSelector()).containsOnlyKeys("disk").containsEntry("disk", "big");
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(7);
        assertThat(pod.getTolerations()).extracting(Toleration::getKey).containsExactly("shop", "batch");
        assertThat(pod.getImagePullSecrets())
                .extracting(LocalObjectReference::getName)
                .containsExactly("registry", "tools");
        assertThat(pod.getVolumes()).extracting(Volume::getName).containsExactly("config", "data");
        assertThat(pod.getVolumes().getFirst().getEmptyDir()).isNotNull();
        var container = JobPodTemplateTest.migrations(pod);
        assertThat(container.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(container.getResources().getLimits()).containsEntry("memory", new Quantity("2Gi"));
        assertThat(container.getEnvFrom()).hasSize(1);
        assertThat(container.getVolumeMounts())
                .extracting(mount -> mount.getName() + " " + mount.getMountPath())
                .containsExactly("config /config", "config /data", "data /scratch");
    }
}
