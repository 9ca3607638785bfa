package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A running pod of about 14 kB, made of what fills those of real clusters: variables, their field owners, annotations, states. */
final class LargePod {

    private static final int VARIABLES = 40;
    private static final String NUMBER = "99999";
    private static final String JSON = json();

    private LargePod() {}

    static String json(int number) {
        return JSON.replace(NUMBER, Integer.toString(number));
    }

    private static String json() {
        var variables = IntStream.range(0, VARIABLES)
                .mapToObj(i ->
                        new EnvVar("SETTING_NUMBER_" + i, "the value of setting number " + i + " of the shop", null))
                .toList();
        return Serialization.asJson(new PodBuilder()
                .withNewMetadata()
                .withName("shop-" + NUMBER)
                .withNamespace("shop")
                .withUid("c0ffee00-0000-4000-8000-0000000" + NUMBER)
                .withResourceVersion("7")
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .withLabels(Map.of("app", "shop", "pod-template-hash", "6c4b5f7d9"))
                .withAnnotations(Map.of("example.com/notes", "What a platform notes down. ".repeat(35)))
                .withOwnerReferences(new OwnerReference("apps/v1", true, true, "ReplicaSet", "shop-6c4b5f7d9", "r-1"))
                .addNewManagedField()
                .withApiVersion("v1")
                .withManager("kube-controller-manager")
                .withOperation("Update")
                .withFieldsType("FieldsV1")
                .withFieldsV1(owners(variables))
                .endManagedField()
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("shop")
                .withImage("registry.example.com/shop:1")
                .withEnv(variables)
                .endContainer()
                .addNewContainer()
                .withName("proxy")
                .withImage("registry.example.com/proxy:1")
                .withEnv(variables)
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("True")
                .endCondition()
                .addNewContainerStatus()
                .withName("shop")
                .withImage("registry.example.com/shop:1")
                .withNewState()
                .withRunning(new ContainerStateRunning("2026-01-01T00:00:01Z"))
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());
    }

    private static FieldsV1 owners(List<EnvVar> variables) {
        var fields = new FieldsV1();
        for (var container : List.of("shop", "proxy")) {
            for (var variable : variables) {
                fields.setAdditionalProperty(
                        "f:" + container + ".k:{\"name\":\"" + variable.getName() + "\"}",
                        Map.of("f:name", Map.of(), "f:value", Map.of()));
            }
        }
        return fields;
    }
}
