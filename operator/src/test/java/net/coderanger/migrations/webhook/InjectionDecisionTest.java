package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.deleted;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migrator;
import static net.coderanger.migrations.webhook.PodGate.Kind.INIT_CONTAINER;
import static net.coderanger.migrations.webhook.PodGate.Kind.SCHEDULING_GATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.webhook.InjectionDecision.Inject;
import net.coderanger.migrations.webhook.InjectionDecision.Leave;
import net.coderanger.migrations.webhook.InjectionDecision.Reject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InjectionDecisionTest {

    private static final String SHOP = "{selector: {matchLabels: {app: shop}}}";
    private static final String ALL = "{selector: {}}";
    private static final String OTHER = "{selector: {matchLabels: {app: other}}}";
    private static final String INVALID = "{selector: {matchExpressions: [{key: app, operator: In}]}}";
    private static final String SCHEDULING = "{selector: {matchLabels: {app: shop}}, gate: SchedulingGate}";
    private static final String NONE = "{selector: {matchLabels: {app: shop}}, gate: None}";
    private static final String OTHER_SCHEDULING = "{selector: {matchLabels: {app: other}}, gate: SchedulingGate}";

    /** Migrators whose revision, r, is migrated already. */
    private static final Set<String> PASSING = Set.of("passing");

    static Stream<Arguments> table() {
        return Stream.of(
                arguments("no Migrators", pod(""), List.of(), List.of()),
                arguments("selector matches", pod(""), List.of(migrator("db", SHOP)), gates(selected("db"))),
                arguments("empty selector", pod(""), List.of(migrator("db", ALL)), gates(selected("db"))),
                arguments("selector does not match", pod(""), List.of(migrator("db", OTHER)), List.of()),
                arguments("invalid selector", pod(""), List.of(migrator("db", INVALID)), List.of()),
                arguments("migrated already", pod(""), List.of(migrator("passing", SHOP)), List.of()),
                arguments("gate: None", pod(""), List.of(migrator("db", NONE)), List.of()),
                arguments("deleted", pod(""), List.of(deleted(migrator("db", SHOP))), List.of()),
                arguments(
                        "gate: SchedulingGate",
                        pod(""),
                        List.of(migrator("db", SCHEDULING)),
                        gates(gate("db", SCHEDULING_GATE, true, true))),
                arguments(
                        "several",
                        pod(""),
                        List.of(
                                migrator("web", SHOP),
                                migrator("other", OTHER),
                                migrator("passing", SHOP),
                                migrator("db", SCHEDULING)),
                        gates(gate("db", SCHEDULING_GATE, true, true), selected("web"))),
                arguments("wait-for, none there", pod("wait-for: db"), List.of(), gates(waitedFor("db", false))),
                arguments(
                        "wait-for, several",
                        pod("wait-for: ' web,,db , db'"),
                        List.of(),
                        gates(waitedFor("db", false), waitedFor("web", false))),
                arguments(
                        "wait-for, exists, does not select",
                        pod("wait-for: db"),
                        List.of(migrator("db", OTHER)),
                        gates(waitedFor("db", true))),
                arguments(
                        "wait-for, exists and selects",
                        pod("wait-for: db"),
                        List.of(migrator("db", SHOP)),
                        gates(selected("db"))),
                arguments(
                        "wait-for, deleted",
                        pod("wait-for: db"),
                        List.of(deleted(migrator("db", SHOP))),
                        gates(waitedFor("db", false))),
                arguments(
                        "wait-for, migrated", pod("wait-for: passing"), List.of(migrator("passing", OTHER)), List.of()),
                arguments(
                        "wait-for, gate: None",
                        pod("wait-for: db"),
                        List.of(migrator("db", NONE)),
                        gates(waitedFor("db", true))),
                arguments(
                        "wait-for, gate: SchedulingGate",
                        pod("wait-for: db"),
                        List.of(migrator("db", OTHER_SCHEDULING)),
                        gates(gate("db", SCHEDULING_GATE, false, true))),
                arguments("no-wait", pod("no-wait: 'true'"), List.of(migrator("db", SHOP)), List.of()),
                arguments(
                        "no-wait: false",
                        pod("no-wait: 'false'"),
                        List.of(migrator("db", SHOP)),
                        gates(selected("db"))),
                arguments(
                        "no-wait goes before all others",
                        pod(
                                "no-wait: 'true', migrations.coderanger.net/required: 'true', migrations.coderanger.net/wait-for: db"),
                        List.of(),
                        List.of()),
                arguments(
                        "required, selected",
                        pod("required: 'true'"),
                        List.of(migrator("db", SHOP)),
                        gates(selected("db"))),
                arguments("required, migrated", pod("required: 'true'"), List.of(migrator("passing", SHOP)), List.of()),
                arguments("required: other value", pod("required: 'yes'"), List.of(), List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void decides(String name, AdmittedPod pod, List<Migrator> migrators, List<PodGate> gates) {
        var decision = decide(pod, migrators);

        if (gates.isEmpty()) {
            assertThat(decision).isInstanceOf(Leave.class);
        } else {
            assertThat(decision).isEqualTo(new Inject(gates));
        }
    }

    @Test
    void a_required_migrator_that_is_missing_refuses_the_pod_and_says_what_to_do() {
        for (var migrators : List.of(
                List.<Migrator>of(),
                List.of(migrator("db", OTHER)),
                List.of(migrator("db", INVALID)),
                List.of(deleted(migrator("db", SHOP))))) {
            assertThat(decide(pod("required: 'true'"), migrators))
                    .isEqualTo(
                            new Reject(
                                    "no migrators found matching pod: its annotation migrations.coderanger.net/required is \"true\", but spec.selector of no Migrator in namespace shop matches its labels {app=shop}. Create such a Migrator, or remove the annotation from the pod's template"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"My Db", "db;web", "DB", "other/db", "-db"})
    void a_wait_for_annotation_that_names_no_migrator_refuses_the_pod(String name) {
        assertThat(decide(pod("wait-for: 'db, " + name + "'"), List.of()))
                .isInstanceOfSatisfying(
                        Reject.class,
                        reject -> assertThat(reject.message())
                                .startsWith(
                                        "annotation migrations.coderanger.net/wait-for: \"" + name + "\" cannot be"));
    }

    @Test
    void pods_of_the_operators_own_jobs_are_left_alone() {
        var labels = "labels: {app: shop, migrations.coderanger.net/migrator: db}";

        assertThat(decide(
                        pod(labels, "ownerReferences: [{kind: Job, controller: true}]", "{}"),
                        List.of(migrator("db", SHOP))))
                .isInstanceOf(Leave.class);
        assertThat(decide(pod(labels, "ownerReferences: [{kind: Job}]", "{}"), List.of(migrator("db", SHOP))))
                .isInstanceOf(Inject.class);
        assertThat(decide(
                        pod("labels: {app: shop}", "ownerReferences: [{kind: Job, controller: true}]", "{}"),
                        List.of(migrator("db", SHOP))))
                .isInstanceOf(Inject.class);
    }

    @Test
    void the_mirror_of_a_static_pod_is_left_alone() {
        assertThat(decide(
                        pod("labels: {app: shop}", "annotations: {kubernetes.io/config.mirror: abc}", "{nodeName: n}"),
                        List.of(migrator("db", SHOP))))
                .isInstanceOf(Leave.class);
    }

    @Test
    void a_pod_that_names_its_node_gets_an_init_container() {
        assertThat(decide(pod("labels: {app: shop}", "name: x", "{nodeName: n}"), List.of(migrator("db", SCHEDULING))))
                .isEqualTo(new Inject(gates(selected("db"))));
    }

    @Test
    void a_windows_pod_gets_a_scheduling_gate() {
        assertThat(decide(
                        pod("labels: {app: shop}", "name: x", "{os: {name: windows}}"), List.of(migrator("db", SHOP))))
                .isEqualTo(new Inject(gates(gate("db", SCHEDULING_GATE, true, true))));
    }

    @Test
    void a_windows_pod_that_names_its_node_is_refused_if_it_has_to_wait() {
        var pod = pod("labels: {app: shop}", "name: x", "{os: {name: windows}, nodeName: n}");

        assertThat(decide(pod, List.of(migrator("db", SHOP))))
                .isInstanceOfSatisfying(
                        Reject.class, reject -> assertThat(reject.message()).contains("Use nodeSelector"));
        assertThat(decide(pod, List.of(migrator("passing", SHOP)))).isInstanceOf(Leave.class);
    }

    @Test
    void only_migrators_that_would_gate_the_pod_are_looked_into() {
        var asked = new ArrayList<String>();

        InjectionDecision.of(
                pod(""), List.of(migrator("other", OTHER), migrator("none", NONE), migrator("db", SHOP)), migrator -> {
                    asked.add(migrator.getMetadata().getName());
                    return Standing.UNKNOWN;
                });

        assertThat(asked).containsExactly("db");
    }

    private static InjectionDecision decide(AdmittedPod pod, List<Migrator> migrators) {
        return InjectionDecision.of(
                pod,
                migrators,
                migrator -> new Standing(
                        Optional.of("r"),
                        PASSING.contains(migrator.getMetadata().getName())));
    }

    /** A pod with the label app=shop and annotations of the operator's group. */
    private static AdmittedPod pod(String annotations) {
        return pod(
                "labels: {app: shop}",
                annotations.isEmpty() ? "name: x" : "annotations: {migrations.coderanger.net/" + annotations + "}",
                "{}");
    }

    private static AdmittedPod pod(String labels, String more, String spec) {
        return new AdmittedPod(json("metadata: {%s, %s}\nspec: %s".formatted(labels, more, spec)), "shop");
    }

    private static List<PodGate> gates(PodGate... gates) {
        return List.of(gates);
    }

    private static PodGate selected(String migrator) {
        return gate(migrator, INIT_CONTAINER, true, true);
    }

    private static PodGate waitedFor(String migrator, boolean exists) {
        return gate(migrator, INIT_CONTAINER, false, exists);
    }

    private static PodGate gate(String migrator, PodGate.Kind kind, boolean selected, boolean exists) {
        return new PodGate(migrator, kind, selected, exists ? Optional.of("r") : Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1 final", "x'; sh; '"})
    void a_revision_that_cannot_be_one_is_refused_where_it_matters(String revision) {
        var annotated = pod("revision: \"" + revision + "\"");

        assertThat(decide(annotated, List.of(migrator("db", SHOP))))
                .isInstanceOfSatisfying(
                        Reject.class,
                        reject -> assertThat(reject.message()).contains(revision, "cannot be a revision"));
        assertThat(decide(annotated, List.of(migrator("db", OTHER)))).isInstanceOf(Leave.class);
    }
}
