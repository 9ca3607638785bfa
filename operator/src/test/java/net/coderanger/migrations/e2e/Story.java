package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Migrator;

/** What was going on in a namespace, for the one who reads a failed test. */
final class Story {

    private Story() {}

    static String of(KubernetesClient client, String name) {
        var yaml = client.getKubernetesSerialization();
        return "=== " + name + "\n"
                + client.resources(Migrator.class).inNamespace(name).list().getItems().stream()
                        .map(migrator -> migrator.getMetadata().getName() + ": " + yaml.asYaml(migrator.getStatus()))
                        .collect(Collectors.joining("\n"))
                + client.pods().inNamespace(name).list().getItems().stream()
                        .map(pod -> pod.getMetadata().getName() + " " + yaml.asJson(pod.getStatus()))
                        .collect(Collectors.joining("\n"))
                + "\n"
                + client.v1().events().inNamespace(name).list().getItems().stream()
                        .map(event -> event.getLastTimestamp() + " "
                                + event.getInvolvedObject().getName() + " " + event.getReason() + ": "
                                + event.getMessage())
                        .sorted()
                        .collect(Collectors.joining("\n"));
    }
}
