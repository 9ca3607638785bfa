package net.coderanger.migrations.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Do the rules, the dashboard, the page about them and the metrics agree? Whether a rule fires when it should is tested by promtool. */
class AlertsTest {

    private static final Path RULES = Path.of("..", "helm", "migrations-operator", "files", "alerts.yaml");
    private static final Path DASHBOARD = Path.of("..", "helm", "migrations-operator", "files", "dashboard.json");
    private static final Path TESTS = Path.of("..", "helm", "migrations-operator", "tests", "alerts.yaml");
    private static final Path PAGE = Path.of("..", "docs", "how-to", "alerts.md");
    private static final Pattern SERIES = Pattern.compile("\\bmigrations_[a-z_]+");

    private record RulesFile(List<Group> groups) {}

    private record Group(String name, List<Rule> rules) {}

    private record Rule(
            String alert,
            String expr,
            @JsonProperty("for") String duration,
            Map<String, String> labels,
            Map<String, String> annotations) {}

    @Test
    void every_alert_says_what_how_bad_and_where_to_read_on() throws IOException {
        assertThat(rules()).hasSizeGreaterThan(5).allSatisfy(rule -> {
            assertThat(rule.labels().get("severity")).isIn("critical", "warning", "info");
            assertThat(rule.annotations().get("summary")).isNotBlank();
            assertThat(rule.annotations().get("description"))
                    .endsWith("docs/how-to/alerts.md#" + rule.alert().toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void every_alert_has_its_place_on_the_page_and_no_other_has() throws IOException {
        var sections = Files.readString(PAGE)
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring("### ".length()))
                .toList();
        assertThat(sections)
                .containsExactlyElementsOf(rules().stream().map(Rule::alert).toList());
    }

    @Test
    void every_alert_is_tested() throws IOException {
        var tests = Files.readString(TESTS);
        assertThat(rules())
                .allSatisfy(
                        rule -> assertThat(tests).containsPattern("alertname: " + rule.alert() + "\\n +exp_alerts:"));
    }

    @Test
    void every_metric_in_a_rule_exists() throws IOException {
        var known = series();
        var used = rules().stream()
                .flatMap(rule -> SERIES.matcher(rule.expr()).results().map(MatchResult::group))
                .collect(Collectors.toSet());
        assertThat(used).hasSizeGreaterThan(5).isSubsetOf(known);
    }

    @Test
    void the_dashboard_shows_metrics_that_exist_and_no_panel_is_empty() throws IOException {
        var known = series();
        var panels = new ObjectMapper().readTree(Files.readString(DASHBOARD)).path("panels");
        assertThat(panels)
                .hasSizeGreaterThan(15)
                .filteredOn(panel -> !panel.path("type").asText().equals("row"))
                .allSatisfy(panel -> assertThat(panel.findValuesAsText("expr"))
                        .isNotEmpty()
                        .allSatisfy(expression -> assertThat(
                                        SERIES.matcher(expression).results().map(MatchResult::group))
                                .isNotEmpty()
                                .isSubsetOf(known)));
    }

    private static Set<String> series() {
        var metrics = new OperatorMetrics(() -> true);
        metrics.tellExpiry(() -> Instant.EPOCH);
        metrics.tell(
                new OperatorMetrics.State(List::of, List::of, () -> true),
                () -> true,
                false,
                InstantSource.fixed(Instant.EPOCH));
        return SERIES.matcher(metrics.page()).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    private static List<Rule> rules() throws IOException {
        return new KubernetesSerialization()
                .unmarshal(Files.readString(RULES), RulesFile.class).groups().stream()
                        .flatMap(group -> group.rules().stream())
                        .toList();
    }
}
