package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorsTest {

    private static final Map<String, String> LABELS = Map.of("app", "shop", "tier", "web", "empty", "");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                           | true",
                "{matchLabels: {app: shop}}                                                   | true",
                "{matchLabels: {app: shop, tier: web}}                                        | true",
                "{matchLabels: {app: shop, tier: db}}                                         | false",
                "{matchLabels: {absent: shop}}                                                | false",
                "{matchLabels: {empty: ''}}                                                   | true",
                "{matchLabels: {absent: ''}}                                                  | false",
                "{matchExpressions: [{key: app, operator: In, values: [other, shop]}]}        | true",
                "{matchExpressions: [{key: app, operator: In, values: [other]}]}              | false",
                "{matchExpressions: [{key: absent, operator: In, values: [other]}]}           | false",
                "{matchExpressions: [{key: app, operator: NotIn, values: [other]}]}           | true",
                "{matchExpressions: [{key: app, operator: NotIn, values: [shop]}]}            | false",
                "{matchExpressions: [{key: absent, operator: NotIn, values: [shop]}]}         | true",
                "{matchExpressions: [{key: empty, operator: Exists}]}                         | true",
                "{matchExpressions: [{key: absent, operator: Exists}]}                        | false",
                "{matchExpressions: [{key: absent, operator: DoesNotExist}]}                  | true",
                "{matchExpressions: [{key: app, operator: DoesNotExist}]}                     | false",
                "{matchLabels: {app: shop}, matchExpressions: [{key: tier, operator: Exists}]} | true",
                "{matchLabels: {app: other}, matchExpressions: [{key: tier, operator: Exists}]} | false",
            })
    void selects_what_the_api_server_would_select(String selector, boolean selected) {
        assertThat(Selectors.invalid(selector(selector))).isEmpty();
        assertThat(Selectors.matches(selector(selector), LABELS)).isEqualTo(selected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{matchExpressions: [{key: a, operator: Exists}, {key: b, operator: In}]} | matchExpressions[1]: operator In needs values",
                "{matchExpressions: [{key: a, operator: NotIn, values: []}]}       | matchExpressions[0]: operator NotIn needs values",
                "{matchExpressions: [{key: a, operator: Exists, values: [b]}]}     | matchExpressions[0]: operator Exists must not have values",
                "{matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]} | matchExpressions[0]: operator DoesNotExist must not have values",
                "{matchExpressions: [{key: a, operator: Equals, values: [b]}]}     | matchExpressions[0]: operator \"Equals\" is not one of In, NotIn, Exists, DoesNotExist",
                "{matchExpressions: [{key: a}]}                                    | matchExpressions[0]: operator \"\" is not one of In, NotIn, Exists, DoesNotExist",
                "{matchExpressions: [{operator: DoesNotExist}]}                    | matchExpressions[0]: \"\" is not a label key",
                "{matchExpressions: [null]}                                        | matchExpressions[0]: is empty",
                "{matchExpressions: [{key: a, operator: NotIn, values: [b c]}]}    | matchExpressions[0]: \"b c\" is not a label value",
                "{matchLabels: {'a b': c}}                                         | matchLabels: \"a b\" is not a label key",
                "{matchLabels: {'Example.com/a': c}}                               | matchLabels: \"Example.com/a\" is not a label key",
                "{matchLabels: {'example.com/': c}}                                | matchLabels: \"example.com/\" is not a label key",
                "{matchLabels: {a: -c}}                                            | matchLabels[a]: \"-c\" is not a label value",
            })
    void an_invalid_selector_selects_nothing_and_says_why(String selector, String why) {
        assertThat(Selectors.invalid(selector(selector))).contains(why);
        assertThat(Selectors.matches(selector(selector), LABELS)).isFalse();
        assertThat(Selectors.matches(selector(selector), Map.of())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "example.com/a", "a_b.C-d", "x.y-z.w/Name"})
    void label_keys_may_have_a_prefix(String key) {
        assertThat(Selectors.matches(selector("{matchLabels: {'" + key + "': v}}"), Map.of(key, "v")))
                .isTrue();
    }

    @Test
    void keys_values_and_prefixes_have_the_lengths_of_the_api() {
        var longest = "a".repeat(63);
        var prefix = "a".repeat(253);

        assertThat(Selectors.invalid(selector("{matchLabels: {" + prefix + "/" + longest + ": " + longest + "}}")))
                .isEmpty();
        assertThat(Selectors.invalid(selector("{matchLabels: {" + longest + "a: v}}")))
                .isNotEmpty();
        assertThat(Selectors.invalid(selector("{matchLabels: {k: " + longest + "a}}")))
                .isNotEmpty();
        assertThat(Selectors.invalid(selector("{matchLabels: {" + prefix + "a/k: v}}")))
                .isNotEmpty();
    }

    @Test
    void an_absent_selector_selects_nothing() {
        assertThat(Selectors.matches(null, LABELS)).isFalse();
    }

    @Test
    void a_selector_is_looked_at_once_for_however_many_pods() {
        var looks = new AtomicInteger();
        var selector = new LabelSelector() {
            @Override
            public Map<String, String> getMatchLabels() {
                looks.incrementAndGet();
                return Map.of("app", "shop");
            }
        };

        var selected = Selectors.of(selector);
        var before = looks.get();

        assertThat(before).isPositive();
        assertThat(Collections.nCopies(100, LABELS)).allMatch(selected);
        assertThat(looks).hasValue(before);
    }

    private static LabelSelector selector(String yaml) {
        return Serialization.unmarshal("---\n" + yaml, LabelSelector.class);
    }
}
