package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Label selectors, with the rules of the API server: {@code LabelSelectorAsSelector} of {@code k8s.io/apimachinery}. */
public final class Selectors {

    private static final int MAX_NAME = 63;
    private static final int MAX_PREFIX = 253;
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private Selectors() {}

    /** Whether a selector selects an object with these labels; see {@link #of}. */
    public static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
        return of(selector).test(labels);
    }

    /**
     * What a selector selects, by labels; whether it is valid is looked at once, here. An empty selector selects everything; an
     * absent one, and one that is {@link #invalid}, select nothing.
     */
    public static Predicate<Map<String, String>> of(@Nullable LabelSelector selector) {
        if (selector == null || invalid(selector).isPresent()) {
            return labels -> false;
        }
        var equal = Map.copyOf(labels(selector)).entrySet();
        var expressions = List.copyOf(expressions(selector));
        return labels -> labels.entrySet().containsAll(equal)
                && expressions.stream().allMatch(expression -> matches(expression, labels));
    }

    /** Why the API server would refuse the selector, naming the expression; empty if it would not. */
    public static Optional<String> invalid(LabelSelector selector) {
        return Stream.concat(
                        labels(selector).entrySet().stream()
                                .map(label -> invalidLabel("matchLabels", label.getKey(), label.getValue())),
                        Stream.iterate(0, index -> index < expressions(selector).size(), index -> index + 1)
                                .map(index -> invalid(
                                        "matchExpressions[" + index + "]",
                                        expressions(selector).get(index))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static boolean matches(LabelSelectorRequirement expression, Map<String, String> labels) {
        var value = labels.get(expression.getKey());
        return switch (expression.getOperator()) {
            case "In" -> value != null && values(expression).contains(value);
            case "NotIn" -> value == null || !values(expression).contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }

    private static Optional<String> invalid(String where, @Nullable LabelSelectorRequirement expression) {
        if (expression == null) {
            return Optional.of(where + ": is empty");
        }
        var values = values(expression);
        var operator = Objects.requireNonNullElse(expression.getOperator(), "");
        var trouble = switch (operator) {
            case "In", "NotIn" -> values.isEmpty() ? "operator " + operator + " needs values" : "";
            case "Exists", "DoesNotExist" -> values.isEmpty() ? "" : "operator " + operator + " must not have values";
            default -> "operator \"" + operator + "\" is not one of In, NotIn, Exists, DoesNotExist";
        };
        if (!trouble.isEmpty()) {
            return Optional.of(where + ": " + trouble);
        }
        return invalidKey(where, expression.getKey())
                .or(() -> values.stream()
                        .map(value -> invalidValue(where, value))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private static Optional<String> invalidLabel(String where, String key, @Nullable String value) {
        return invalidKey(where, key).or(() -> invalidValue(where + "[" + key + "]", value));
    }

    private static Optional<String> invalidKey(String where, @Nullable String key) {
        var whole = Objects.requireNonNullElse(key, "");
        var slash = whole.indexOf('/');
        var name = whole.substring(slash + 1);
        var prefixed = slash < 0
                || (slash <= MAX_PREFIX
                        && PREFIX.matcher(whole.substring(0, slash)).matches());
        return prefixed && name.length() <= MAX_NAME && NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of(where + ": \"" + whole + "\" is not a label key");
    }

    private static Optional<String> invalidValue(String where, @Nullable String value) {
        return value != null
                        && (value.isEmpty()
                                || (value.length() <= MAX_NAME
                                        && NAME.matcher(value).matches()))
                ? Optional.empty()
                : Optional.of(where + ": \"" + value + "\" is not a label value");
    }

    private static Map<String, String> labels(LabelSelector selector) {
        return Objects.requireNonNullElse(selector.getMatchLabels(), Map.of());
    }

    private static List<LabelSelectorRequirement> expressions(LabelSelector selector) {
        return Objects.requireNonNullElse(selector.getMatchExpressions(), List.of());
    }

    private static List<String> values(LabelSelectorRequirement expression) {
        return Objects.requireNonNullElse(expression.getValues(), List.of());
    }
}
