package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workloads and their pod templates. */
final class Workloads {

    static final Map<String, String> SHOP = Map.of("app", "shop");

    private Workloads() {}

    /** A Deployment of the shop whose one container {@code app} has this image. */
    static Workload deployment(String name, String image) {
        return of("Deployment", name, template(image));
    }

    static Workload of(String kind, String name, PodTemplateSpec template) {
        return new Workload(kind, name, "uid-of-" + kind + "-" + name, template, Optional.empty());
    }

    /** The same with a {@code progressDeadlineSeconds}. */
    static Workload withDeadline(Workload workload, Duration deadline) {
        return new Workload(
                workload.kind(), workload.name(), workload.uid(), workload.template(), Optional.of(deadline));
    }

    static PodTemplateSpec template(String image) {
        return template(image, "serve");
    }

    static PodTemplateSpec template(String image, String command) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(SHOP)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage(image)
                .withCommand(List.of(command))
                .endContainer()
                .endSpec()
                .build();
    }

    static PodTemplateSpec written(String... yamlLines) {
        return Migrators.yaml(String.join("\n", yamlLines), PodTemplateSpec.class);
    }
}
