package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which messages of a pod are whose? */
class PodTextsTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private static final String POD = """
            status:
              message: the node was low on memory
              conditions:
              - {type: PodScheduled, message: no node}
              initContainerStatuses:
              - name: fetch
                state: {terminated: {exitCode: 1, message: of init}}
              containerStatuses:
              - name: migrations
                state: {waiting: {reason: CreateContainerConfigError, message: secret db not found}}
                lastState: {terminated: {exitCode: 1, message: of last}}
              - name: proxy
                state: {waiting: {reason: RunContainerError, message: exec of something}}
              - name: quiet
                state: {terminated: {exitCode: 1}}
            """;

    @Test
    void what_containers_said_and_what_kubernetes_says() {
        // When
        var changed = PodTexts.changed(
                YAML.unmarshal(POD, Pod.class), text -> "(" + text + ")", text -> text.toUpperCase(Locale.ROOT));
        // Then
        assertThat(changed)
                .isEqualTo(YAML.unmarshal(
                        POD.replace("of init", "(of init)")
                                .replace("of last", "(of last)")
                                .replace("exec of something", "(exec of something)")
                                .replace("secret db not found", "SECRET DB NOT FOUND")
                                .replace("no node", "NO NODE")
                                .replace("the node was low on memory", "THE NODE WAS LOW ON MEMORY"),
                        Pod.class));
    }

    @Test
    void the_pod_itself_stays_as_it_is() {
        // Given
        var pod = YAML.unmarshal(POD, Pod.class);
        // When
        PodTexts.changed(pod, text -> "", text -> "");
        // Then
        assertThat(pod).isEqualTo(YAML.unmarshal(POD, Pod.class));
    }
}
