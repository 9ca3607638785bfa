package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.MigratorStatus;
import org.jspecify.annotations.Nullable;

/** Renders the states of a Migrator: a table for people, and each Migrator as the API server has it then. */
final class StateTable {

    /** Longest text in a document, in characters: what is longer has been written by a test only to be too long. */
    private static final int LONGEST = 2000;

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private static final String INTRODUCTION = """
            # States of a Migrator

            Made from the code by `mvn test -Dgenerate`; do not edit. Each line is a story that the tests play with the operator's own planner: what it does,
            what it writes in the status, and what Argo CD makes of that status with [our health check](../argo-cd.md). A test fails when the operator
            writes a state that is not here. Each name leads to the whole Migrator as it is in that state.

            *Condition* is the one of `Ready`, `Reconciling` and `Stalled` that is `True`; with `-` it is none of them: nothing goes on, and nothing is wrong.
            `MigrationsReady` is what `Ready` is. The reason stands in all four.

            | state | what has happened | what the operator does | it goes on with | `status.phase` | condition | reason | Argo CD |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    private static final String MESSAGES = """

            ## What is said

            The message of the conditions, and Argo CD's where it is another one.

            """;

    /** What Argo CD makes of a document. */
    record Health(String status, String message) {}

    /**
     * A state, played.
     *
     * @param migrator the Migrator in this state
     * @param actions what the operator has done on the way into it, in its own words
     */
    record Played(States.State state, Migrator migrator, List<String> actions) {

        static Played of(States.State state) {
            var story = state.given().get();
            var before = story.operator.done().size();
            state.when().accept(story);
            var actions = story.operator.done().stream()
                    .skip(before)
                    .map(StateTable::words)
                    .filter(words -> !words.isEmpty())
                    .distinct()
                    .toList();
            return new Played(state, story.cluster.migrator(), actions);
        }

        MigratorStatus status() {
            return Objects.requireNonNullElse(migrator.getStatus(), MigratorStatus.EMPTY);
        }

        /** As {@code kubectl get -o yaml} shows it. */
        String document() {
            var document = Migrators.copy(migrator);
            document.getMetadata().setCreationTimestamp(Migrators.T0.toString());
            return YAML.asYaml(cut(YAML.convertValue(document, Map.class)));
        }

        String file() {
            return state.name() + ".yaml";
        }

        String message() {
            var ready = ready();
            return ready == null ? "" : Objects.requireNonNullElse(ready.message(), "");
        }

        private @Nullable Condition ready() {
            return status().conditions().stream()
                    .filter(condition -> "Ready".equals(condition.type()))
                    .findFirst()
                    .orElse(null);
        }

        private String holds() {
            return status().conditions().stream()
                    .filter(condition ->
                            List.of("Ready", "Reconciling", "Stalled").contains(condition.type()))
                    .filter(condition -> "True".equals(condition.status()))
                    .map(condition -> "`" + condition.type() + "`")
                    .collect(Collectors.joining(", "));
        }

        private String row(String documents, Health health) {
            var ready = ready();
            return "| [%s](%s/%s) | %s | %s | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            state.name(),
                            documents,
                            file(),
                            state.situation(),
                            actions.isEmpty() ? "nothing" : String.join("; ", actions),
                            state.next(),
                            status().phase() == null ? "" : "`" + status().phase() + "`",
                            holds().isEmpty() ? "-" : holds(),
                            ready == null ? "" : "`" + ready.reason() + "`",
                            health.status());
        }

        private String said(Health health) {
            var own = message();
            var argo = own.equals(health.message()) ? "" : "Argo CD:\n\n" + quoted(health.message());
            return "**" + state.name() + "**\n\n" + (own.isEmpty() ? "" : quoted(own) + "\n") + argo + "\n";
        }
    }

    private StateTable() {}

    static String markdown(List<Played> states, String documents, Map<String, Health> health) {
        return INTRODUCTION
                + states.stream()
                        .map(state -> state.row(documents, of(state, health)))
                        .collect(Collectors.joining())
                + MESSAGES
                + states.stream().map(state -> state.said(of(state, health))).collect(Collectors.joining());
    }

    private static Health of(Played state, Map<String, Health> health) {
        return health.getOrDefault(state.file(), new Health("?", "?"));
    }

    private static String quoted(String text) {
        return text.lines().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    private static String words(Action action) {
        return switch (action) {
            case Action.CreateJob create -> {
                var metadata = create.job().getMetadata();
                yield metadata.getAnnotations().containsKey(Annotations.OUTCOME)
                        ? "takes the name of the run's next Job"
                        : "starts step `" + metadata.getLabels().get(Labels.STEP) + "`";
            }
            case Action.Release release -> "releases the pods";
            case Action.StopJob stop -> "stops the Job";
            case Action.DeleteJob delete -> "deletes the Job";
            case Action.LetGoOfJob let -> "takes its finalizer off the Job";
            case Action.StampProgress stamp -> "writes the progress on the Job";
            case Action.Announce announce -> "event `" + announce.reason() + "`";
        };
    }

    private static Object cut(Object node) {
        if (node instanceof Map<?, ?> map) {
            var cut = new LinkedHashMap<Object, Object>();
            map.forEach((key, value) -> cut.put(key, cut(value)));
            return cut;
        }
        if (node instanceof List<?> list) {
            return list.stream().map(StateTable::cut).toList();
        }
        return node instanceof String text && text.length() > LONGEST
                ? text.substring(0, 20) + "… (" + text.length() + " characters)"
                : node;
    }
}
