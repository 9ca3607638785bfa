package net.coderanger.migrations.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.config.OperatorConfig.Leadership;
import net.coderanger.migrations.config.OperatorConfig.Logging;
import net.coderanger.migrations.config.OperatorConfig.PullPolicy;
import net.coderanger.migrations.config.OperatorConfig.Waiter;
import net.coderanger.migrations.config.OperatorConfig.Webhook;
import net.coderanger.migrations.log.LogFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class OperatorConfigTest {

    private static final Map<String, String> REQUIRED =
            Map.of("POD_NAME", "operator-0", "POD_NAMESPACE", "migrations", "WAITER_IMAGE", "operator:1");

    @Test
    void every_default() {
        assertThat(OperatorConfig.from(REQUIRED))
                .isEqualTo(new OperatorConfig(
                        "operator-0",
                        "migrations",
                        Set.of(),
                        new Waiter(
                                "operator:1",
                                PullPolicy.IfNotPresent,
                                Map.of("cpu", "10m", "memory", "48Mi"),
                                Map.of("cpu", "500m", "memory", "64Mi")),
                        new Webhook(
                                9443,
                                "migrations-operator",
                                Optional.empty(),
                                Optional.empty(),
                                "migrations-operator-certificate",
                                Duration.ofSeconds(5),
                                true),
                        new Leadership(true, "migrations-operator"),
                        8080,
                        Optional.empty(),
                        false,
                        new Logging(LogFormat.json, Level.INFO)));
    }

    @Test
    void every_key() {
        var environment = Map.ofEntries(
                Map.entry("POD_NAME", "a"),
                Map.entry("POD_NAMESPACE", "b"),
                Map.entry("WATCH_NAMESPACES", "shop, blog"),
                Map.entry("WAITER_IMAGE", "registry.example:5000/c@sha256:00"),
                Map.entry("WAITER_IMAGE_PULL_POLICY", "Always"),
                Map.entry("WAITER_CPU_REQUEST", "1m"),
                Map.entry("WAITER_MEMORY_REQUEST", "2Mi"),
                Map.entry("WAITER_CPU_LIMIT", "none"),
                Map.entry("WAITER_MEMORY_LIMIT", "4Mi"),
                Map.entry("WEBHOOK_PORT", "1"),
                Map.entry("WEBHOOK_SERVICE", "d"),
                Map.entry("WEBHOOK_URL", "https://host.example:8443/base"),
                Map.entry("CLUSTER_ROLE", "system:e"),
                Map.entry("CERTIFICATE_SECRET", "f.g"),
                Map.entry("ADMISSION_TIMEOUT_SECONDS", "30"),
                Map.entry("GATE_OTHER_NAMESPACES", "false"),
                Map.entry("LEADER_ELECTION", "false"),
                Map.entry("LEASE_NAME", "h"),
                Map.entry("HEALTH_PORT", "2"),
                Map.entry("READY_API_PORT", "5000"),
                Map.entry("METRICS_PER_MIGRATOR", "true"),
                Map.entry("LOG_FORMAT", "text"),
                Map.entry("LOG_LEVEL", "DEBUG"));

        assertThat(OperatorConfig.from(environment))
                .isEqualTo(new OperatorConfig(
                        "a",
                        "b",
                        Set.of("shop", "blog"),
                        new Waiter(
                                "registry.example:5000/c@sha256:00",
                                PullPolicy.Always,
                                Map.of("cpu", "1m", "memory", "2Mi"),
                                Map.of("memory", "4Mi")),
                        new Webhook(
                                1,
                                "d",
                                Optional.of(URI.create("https://host.example:8443/base")),
                                Optional.of("system:e"),
                                "f.g",
                                Duration.ofSeconds(30),
                                false),
                        new Leadership(false, "h"),
                        2,
                        Optional.of(5000),
                        true,
                        new Logging(LogFormat.text, Level.DEBUG)));
        assertThat(environment.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        OperatorConfig.ALL.stream().map(Setting::name).toList());
    }

    @Test
    void the_host_name_stands_in_for_a_missing_pod_name() {
        var environment = with("POD_NAME", "");
        environment.put("HOSTNAME", "operator-7");

        assertThat(OperatorConfig.from(environment).podName()).isEqualTo("operator-7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POD_NAME", "POD_NAMESPACE", "WAITER_IMAGE"})
    void a_required_variable_that_is_missing_is_named(String name) {
        assertThatThrownBy(() -> OperatorConfig.from(with(name, " ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " is not set. It must be ");
    }

    @Test
    void an_empty_variable_counts_as_not_set() {
        assertThat(OperatorConfig.from(with("WEBHOOK_URL", "")).webhook().url()).isEmpty();
        assertThat(OperatorConfig.from(with("HEALTH_PORT", "")).healthPort()).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POD_NAMESPACE             | a.b                | the name of a namespace or Service",
                "WAITER_IMAGE              | a b                | any text without blanks",
                "WAITER_IMAGE_PULL_POLICY  | always             | one of IfNotPresent, Always, Never",
                "WAITER_CPU_REQUEST        | much               | a quantity such as 500m or 64Mi, or none",
                "WAITER_MEMORY_LIMIT       | 0                  | a quantity such as 500m or 64Mi, or none",
                "WEBHOOK_PORT              | 0                  | a port from 1 to 65535",
                "HEALTH_PORT               | 65536              | a port from 1 to 65535",
                "READY_API_PORT            | http               | a port from 1 to 65535",
                "WEBHOOK_SERVICE           | Service            | the name of a namespace or Service",
                "WEBHOOK_URL               | http://host        | a URL that starts with https://",
                "WEBHOOK_URL               | https://           | a URL that starts with https://",
                "WEBHOOK_URL               | https://u@host     | a URL that starts with https://",
                "WEBHOOK_URL               | https://host?a=b   | a URL that starts with https://",
                "CLUSTER_ROLE              | a/b                | the name of a ClusterRole",
                "CERTIFICATE_SECRET        | a_b                | the name of a Kubernetes object",
                "LEASE_NAME                | -a                 | the name of a Kubernetes object",
                "LEADER_ELECTION           | yes                | true or false",
                "GATE_OTHER_NAMESPACES     | True               | true or false",
                "ADMISSION_TIMEOUT_SECONDS | 31                 | a number from 1 to 30",
            })
    void a_value_that_is_not_legal_is_named_with_the_legal_ones(String name, String value, String legal) {
        assertThatThrownBy(() -> OperatorConfig.from(with(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " is \"" + value + "\". It must be " + legal);
    }

    @Test
    void the_reference_has_a_row_for_every_setting() {
        var lines = OperatorConfig.markdownTable().lines().toList();

        assertThat(lines).hasSize(OperatorConfig.ALL.size() + 2);
        assertThat(lines)
                .contains("| `WEBHOOK_PORT` | `9443` | a port from 1 to 65535 | Port of the webhook, HTTPS. |")
                .allSatisfy(
                        line -> assertThat(line.chars().filter(c -> c == '|')).hasSize(5));
    }

    private static Map<String, String> with(String name, String value) {
        var environment = new HashMap<>(REQUIRED);
        environment.put(name, value);
        return environment;
    }
}
