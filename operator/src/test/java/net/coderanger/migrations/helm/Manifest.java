package net.coderanger.migrations.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One object that a chart renders. */
record Manifest(JsonNode content) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The objects in a text, in the order of their kinds and names: that of the files differs from one Helm to another. */
    static List<Manifest> all(String yaml) {
        var documents = new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml);
        return StreamSupport.stream(documents.spliterator(), false)
                .filter(Map.class::isInstance)
                .map(document -> new Manifest(JSON.valueToTree(document)))
                .sorted(Comparator.comparing(Manifest::kind).thenComparing(Manifest::name))
                .toList();
    }

    /** Several as one text, without comments. */
    static String text(List<Manifest> manifests) {
        var yaml = new KubernetesSerialization();
        return manifests.stream()
                .map(manifest -> yaml.asYaml(JSON.convertValue(manifest.content(), Map.class)))
                .collect(Collectors.joining());
    }

    String kind() {
        return content.path("kind").asText();
    }

    String name() {
        return content.at("/metadata/name").asText();
    }

    String apiVersion() {
        return content.path("apiVersion").asText();
    }
}
