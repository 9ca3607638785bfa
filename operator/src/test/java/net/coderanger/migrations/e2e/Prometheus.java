package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A Prometheus on this machine that scrapes the installed operator as the how-to page says, and the API server, and knows the rules
 * that the chart renders. Only times are shorter: it looks every second, an alert fires after its condition held for one, and a rule
 * on what has increased looks back on {@link #LOOK_BACK}. Its targets are in a file ({@link PodTargets}).
 */
final class Prometheus implements AutoCloseable {

    private static final Path REPOSITORY = Path.of("..");
    private static final String LOOK_BACK = "[20s]";

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Path folder;
    private final URI address;
    private final Process process;
    private final PodTargets targets;

    /**
     * Starts it.
     *
     * @param thresholds of alerts, by their names
     */
    Prometheus(Map<String, Integer> thresholds) throws IOException {
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "prometheus");
        Files.writeString(folder.resolve("alerts.yaml"), rules(thresholds));
        Files.writeString(folder.resolve("prometheus.yaml"), configuration());
        targets = new PodTargets(InstalledOperator.NAME, folder.resolve("targets.json"));
        var port = freePort();
        address = URI.create("http://127.0.0.1:" + port);
        process = new ProcessBuilder(
                        Path.of(output("testbed/prometheus"), "prometheus").toString(),
                        "--config.file=" + folder.resolve("prometheus.yaml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    /**
     * An alert as Prometheus has it.
     *
     * @param labels all of them, also its name
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Alert(String state, Map<String, String> labels, Map<String, String> annotations) {

        boolean is(String name) {
            return name.equals(labels.get("alertname"));
        }

        boolean fires() {
            return state.equals("firing");
        }

        /** Whether it is about this namespace, if it is about one at all. */
        boolean concerns(TestNamespace namespace) {
            return namespace.name().equals(labels.getOrDefault("namespace", namespace.name()));
        }
    }

    /** Waits until an alert fires for a Migrator of this namespace, or for no Migrator in particular. */
    Alert awaitFiring(String name, TestNamespace namespace) {
        return Awaitility.await(name)
                .atMost(TestNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .until(
                        () -> alerts().stream()
                                .filter(alert -> alert.is(name) && alert.fires() && alert.concerns(namespace))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    /** Waits until an alert does not fire any more. */
    void awaitResolved(String name, TestNamespace namespace) {
        Awaitility.await("end of " + name)
                .atMost(TestNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(alerts())
                        .filteredOn(alert -> alert.is(name) && alert.concerns(namespace))
                        .isEmpty());
    }

    /** Whether an alert fires now. */
    boolean fires(String name) {
        return alerts().stream().anyMatch(alert -> alert.is(name) && alert.fires());
    }

    /** How many targets it scrapes without an error, by job. */
    long targetsUp(String job) {
        return StreamSupport.stream(get("/api/v1/targets").path("activeTargets").spliterator(), false)
                .filter(target -> job.equals(target.path("labels").path("job").textValue()))
                .filter(target -> "up".equals(target.path("health").textValue()))
                .count();
    }

    /** All alerts whose condition holds now. */
    List<Alert> alerts() {
        var alerts = new ArrayList<Alert>();
        get("/api/v1/alerts").path("alerts").forEach(alert -> alerts.add(json.convertValue(alert, Alert.class)));
        return alerts;
    }

    /** The names of all rules that it has loaded. */
    List<String> rules() {
        var names = new ArrayList<String>();
        get("/api/v1/rules")
                .path("groups")
                .forEach(group -> group.path("rules")
                        .forEach(rule -> names.add(rule.path("name").textValue())));
        return names;
    }

    /** For the one who reads a failed test. */
    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        targets.close();
        process.destroy();
    }

    private JsonNode get(String path) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
            return json.readTree(answer.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The rules as the chart renders them. They stand below {@code spec} of a PrometheusRule, and are a file of their own here. */
    private static String rules(Map<String, Integer> thresholds) {
        var command = new ArrayList<>(List.of(
                "helm",
                "template",
                "migrations-operator",
                "helm/migrations-operator",
                "--set=alerts.enabled=true",
                "--show-only=templates/prometheusrule.yaml"));
        thresholds.forEach((alert, threshold) -> command.add("--set=alerts.thresholds." + alert + "=" + threshold));
        var rendered = output(command.toArray(String[]::new));
        return rendered.substring(rendered.indexOf("\nspec:\n") + "\nspec:\n".length())
                .replaceAll("(?m)^( +for: ).*$", "$11s")
                .replaceAll("\\[\\d+m]", LOOK_BACK);
    }

    /**
     * The page's own, but for the discovery: Debian's Prometheus is built without that of Kubernetes. What the page relabels, and by
     * what it chooses, are the labels that Kubernetes' discovery gives. The API server's page is long, and one series of it is asked for.
     */
    private String configuration() throws IOException {
        var cluster = new ConfigBuilder().build();
        return "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                + fromFile(Page.named("alerts").yaml("scrape_configs"))
                + """
                  - job_name: kube-apiserver
                    scheme: https
                    scrape_interval: 5s
                    scrape_timeout: 5s
                    static_configs: [{targets: ['%s']}]
                    tls_config: {ca_file: '%s', cert_file: '%s', key_file: '%s'}
                    metric_relabel_configs:
                      - {source_labels: [__name__], regex: apiserver_admission_webhook_rejection_count, action: keep}
                """.formatted(
                                URI.create(cluster.getMasterUrl()).getAuthority(),
                                file("ca", cluster.getCaCertFile(), cluster.getCaCertData()),
                                file("certificate", cluster.getClientCertFile(), cluster.getClientCertData()),
                                file("key", cluster.getClientKeyFile(), cluster.getClientKeyData()));
    }

    private static String fromFile(String page) {
        var discovery = """
                    kubernetes_sd_configs:
                      - role: pod
                        namespaces: {names: [migrations-operator]}
                """;
        assertThat(page).contains(discovery);
        return page.replace(discovery, """
                    file_sd_configs:
                      - {files: [targets.json], refresh_interval: 1s}
                """);
    }

    private String file(String name, @Nullable String file, @Nullable String data) throws IOException {
        return data == null
                ? Objects.requireNonNull(file, "the kubeconfig has no " + name)
                : Files.write(folder.resolve(name), Base64.getMimeDecoder().decode(data))
                        .toString();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String output(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .directory(REPOSITORY.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
            return output.stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
