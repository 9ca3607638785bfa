package net.coderanger.migrations.config;

import io.fabric8.kubernetes.api.model.Quantity;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which values a setting may have.
 *
 * @param values the legal values, in words that fit after "must be"
 * @param parse from the text to the value; empty if the text is not legal
 */
record Legal<T>(String values, Function<String, Optional<T>> parse) {

    private static final int LAST_PORT = 65535;
    private static final int MAX_LABEL = 63;
    private static final int MAX_NAME = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern QUANTITY = Pattern.compile("[0-9]+(\\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?");

    static final Legal<String> TEXT =
            new Legal<>("any text without blanks", text -> only(text, !text.contains(" ") && !text.contains("\t")));

    static final Legal<String> OBJECT_NAME = new Legal<>(
            "the name of a Kubernetes object (lower case letters, digits, '-' and '.')",
            text -> only(text, text.length() <= MAX_NAME && NAME.matcher(text).matches()));

    static final Legal<String> LABEL_NAME = new Legal<>(
            "the name of a namespace or Service (at most 63 lower case letters, digits and '-')",
            text -> only(text, text.length() <= MAX_LABEL && LABEL.matcher(text).matches()));

    static final Legal<Set<String>> NAMESPACES = new Legal<>(
            "names of namespaces (at most 63 lower case letters, digits and '-'), separated by commas",
            Legal::namespaces);

    /** RBAC allows more characters in the names of its objects than Kubernetes does elsewhere. */
    static final Legal<String> ROLE_NAME =
            new Legal<>("the name of a ClusterRole", text -> only(text, !text.contains("/") && !text.contains("%")));

    static final Legal<Integer> PORT = number(1, LAST_PORT, "a port");

    static final Legal<Boolean> BOOLEAN = new Legal<>("true or false", text -> switch (text) {
        case "true" -> Optional.of(true);
        case "false" -> Optional.of(false);
        default -> Optional.empty();
    });

    static final Legal<URI> HTTPS_URL = new Legal<>("a URL that starts with https://", Legal::httpsUrl);

    /** In place of a quantity: leaves the entry out. */
    static final String NONE = "none";

    /** An amount of CPU or memory. */
    static final Legal<String> QUANTITY_OR_NONE = new Legal<>(
            "a quantity such as 500m or 64Mi, or none", text -> only(text, text.equals(NONE) || quantity(text)));

    static Legal<Integer> number(int least, int most, String what) {
        return new Legal<>(what + " from " + least + " to " + most, text -> {
            try {
                var number = Integer.parseInt(text);
                return least <= number && number <= most ? Optional.of(number) : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    static <E extends Enum<E>> Legal<E> oneOf(E[] values) {
        return new Legal<>(
                "one of "
                        + String.join(
                                ", ", Arrays.stream(values).map(Enum::name).toList()),
                text -> Stream.of(values)
                        .filter(value -> value.name().equals(text))
                        .findFirst());
    }

    private static Optional<String> only(String text, boolean legal) {
        return legal ? Optional.of(text) : Optional.empty();
    }

    private static boolean quantity(String text) {
        return QUANTITY.matcher(text).matches()
                && Quantity.parse(text).getNumericalAmount().signum() > 0;
    }

    private static Optional<Set<String>> namespaces(String text) {
        var names = Arrays.stream(text.split(",", -1)).map(String::strip).collect(Collectors.toSet());
        return names.stream().allMatch(name -> LABEL_NAME.parse().apply(name).isPresent())
                ? Optional.of(Set.copyOf(names))
                : Optional.empty();
    }

    private static Optional<URI> httpsUrl(String text) {
        try {
            var url = URI.create(text);
            var legal = "https".equals(url.getScheme())
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null;
            return legal ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
