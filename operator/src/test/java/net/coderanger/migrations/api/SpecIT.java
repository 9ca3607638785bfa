package net.coderanger.migrations.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.coderanger.migrations.rbac.ChartRights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server takes, completes and refuses of a spec, by the CRD's schema and rules alone. Nothing is kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpecIT {

    private static final int INVALID = 422;

    private final KubernetesSerialization yaml = new KubernetesSerialization();
    private ChartRights rights;

    @BeforeAll
    void install() throws IOException, InterruptedException {
        rights = ChartRights.install();
    }

    @AfterAll
    void remove() {
        rights.close();
    }

    @Test
    void every_field_is_stored_as_it_was_sent() throws IOException {
        try (var file = SpecIT.class.getResourceAsStream("every-field.yaml")) {
            var sent = yaml.unmarshal(Objects.requireNonNull(file), GenericKubernetesResource.class);

            assertThat(ChartCrd.specFields())
                    .allSatisfy(field ->
                            assertThat(sent.<Object>get(path(field))).as(field).isNotNull());
            assertThat(spec(created(sent))).isEqualTo(spec(sent));
        }
    }

    /** A field {@code a[].b} is looked up in the first element. */
    private static Object[] path(String field) {
        return Stream.concat(Stream.of("spec"), List.of(field.split("\\.")).stream())
                .<Object>mapMulti((name, parts) -> {
                    parts.accept(name.replace("[]", ""));
                    if (name.endsWith("[]")) {
                        parts.accept(0);
                    }
                })
                .toArray();
    }

    @Test
    void what_is_left_out_has_its_default() {
        assertThat(spec(created(with("job: {}, retry: {}, before: [{name: a, image: x}]"))))
                .isEqualTo(Map.ofEntries(
                        Map.entry("selector", Map.of()),
                        Map.entry("gate", "InitContainer"),
                        Map.entry("job", Map.of("backoffLimit", 3)),
                        Map.entry("before", List.of(Map.of("name", "a", "image", "x", "approval", "Never"))),
                        Map.entry("approval", "Automatic"),
                        Map.entry("retry", Map.of("limit", 0, "backoffSeconds", 10)),
                        Map.entry("suspend", false),
                        Map.entry("onNewRevision", "Queue"),
                        Map.entry("onRollback", "Skip"),
                        Map.entry("historyLimit", 10),
                        Map.entry("retention", "OnFailure")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            before: [{name: a}]                                         | image, command or args: one of them has to say what runs
            after: [{name: a}]                                          | image, command or args: one of them has to say what runs
            onFailure: {}                                               | image, command or args: one of them has to say what runs
            onFailure: {env: [{name: A, value: b}]}                     | image, command or args: one of them has to say what runs
            onRollback: Down, down: {env: []}                           | image, command or args: one of them has to say what runs
            before: [{image: x}]                                        | spec.before[0].name
            before: [{name: a, image: x}, {name: a, image: y}]          | before: each step needs a name of its own
            after: [{name: a, image: x}, {name: a, image: y}]           | after: each step needs a name of its own
            before: [{name: a, image: x}], after: [{name: a, image: x}] | before, after: each step needs a name of its own
            before: [{name: migration, image: x}]                       | names of the operator's own steps
            before: [{name: down, image: x}]                            | names of the operator's own steps
            after: [{name: on-failure, image: x}]                       | names of the operator's own steps
            before: [{name: Plan, image: x}]                            | spec.before[0].name
            before: [{name: a-, image: x}]                              | spec.before[0].name
            before: [{name: '', image: x}]                              | spec.before[0].name
            after: [{name: a12345678901234567890123456789012345678901, image: x}] | spec.after[0].name
            before: [{name: a, image: ''}]                              | spec.before[0].image
            onFailure: {image: ''}                                      | spec.onFailure.image
            down: {image: ''}                                           | spec.down.image
            before: [{name: a, command: x}]                             | spec.before[0].command
            after: [{name: a, args: x}]                                 | spec.after[0].args
            before: [{name: a, image: x, approval: Sometimes}]          | spec.before[0].approval
            onRollback: Down                                            | down: is needed by onRollback: Down
            onRollback: Up                                              | spec.onRollback
            onNewRevision: Wait                                         | spec.onNewRevision
            approval: Maybe                                             | spec.approval
            approval: Required, approvedRevision: ''                    | spec.approvedRevision
            retry: {limit: -1}                                          | spec.retry.limit
            retry: {limit: 101}                                         | spec.retry.limit
            retry: {backoffSeconds: 0}                                  | spec.retry.backoffSeconds
            retry: {backoffSeconds: 301}                                | spec.retry.backoffSeconds
            job: {env: [{value: b}]}                                    | spec.job.env[0].name
            job: {env: [{name: '', value: b}]}                          | spec.job.env[0].name
            job: {volumes: [{emptyDir: {}}]}                            | spec.job.volumes[0].name
            job: {volumeMounts: [{mountPath: /a}]}                      | spec.job.volumeMounts[0].name
            job: {volumeMounts: [{name: a}]}                            | spec.job.volumeMounts[0].mountPath
            before: [{name: a, image: x, env: [{value: b}]}]            | spec.before[0].env[0].name
            after: [{name: a, image: x, env: [{value: b}]}]             | spec.after[0].env[0].name
            onFailure: {image: x, env: [{value: b}]}                    | spec.onFailure.env[0].name
            onRollback: Down, down: {image: x, env: [{value: b}]}       | spec.down.env[0].name
            job: {backoffLimit: -1}                                     | spec.job.backoffLimit
            job: {activeDeadlineSeconds: 0}                             | spec.job.activeDeadlineSeconds
            container: a, job: {keepContainers: [a]}                    | job.keepContainers: must not name the container that migrates
            container: ''                                               | spec.container
            image: ''                                                   | spec.image
            gate: Door                                                  | spec.gate
            historyLimit: 0                                             | spec.historyLimit
            historyLimit: 101                                           | spec.historyLimit
            retention: Forever                                          | spec.retention
            suspend: 'yes'                                              | spec.suspend
            trigger: 1                                                  | spec.trigger
            """)
    void what_cannot_be_meant_is_refused(String fields, String message) {
        assertThatThrownBy(() -> created(with(fields)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refusal -> assertThat(refusal.getCode()).isEqualTo(INVALID))
                .hasMessageContaining(message);
    }

    @Test
    void more_steps_than_twenty_are_refused() {
        var steps = IntStream.range(0, 21)
                .mapToObj("{name: s%d, image: x}"::formatted)
                .toList();

        assertThatThrownBy(() -> created(with("before: " + steps))).hasMessageContaining("spec.before");
        assertThatThrownBy(() -> created(with("after: " + steps))).hasMessageContaining("spec.after");
        assertThatCode(() -> created(with("before: " + steps.subList(0, 20)))).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "before: [{name: plan, image: x, approval: OnExitCode}, {name: b, args: [y]}], after: [{name: c, command: [z]}]",
                "before: [{name: a123456789012345678901234567890123456789, image: x, approval: Never}]",
                "before: [], after: [], onFailure: {image: x}",
                "onRollback: Down, down: {command: [x]}",
                "onRollback: Block, down: {args: [x]}",
                "onRollback: Run",
                "onRollback: Skip, onNewRevision: Queue, gate: None, retention: Never",
                "approval: Automatic, gate: InitContainer, retention: OnFailure",
                "retry: {limit: 100, backoffSeconds: 300}, historyLimit: 100",
                "retry: {limit: 0, backoffSeconds: 1}, historyLimit: 1",
                "container: a, job: {keepContainers: [b], backoffLimit: 0, activeDeadlineSeconds: 1}",
            })
    void what_can_be_meant_is_taken(String fields) {
        var sent = with(fields);

        assertThat(spec(created(sent))).containsKeys(spec(sent).keySet().toArray(String[]::new));
    }

    @Test
    void no_spec_without_a_selector() {
        var without = with("gate: None");
        spec(without).remove("selector");

        assertThatThrownBy(() -> created(without)).hasMessageContaining("spec.selector");
    }

    private GenericKubernetesResource with(String fields) {
        return yaml.unmarshal("""
                apiVersion: migrations.coderanger.net/v1beta1
                kind: Migrator
                metadata: {name: web}
                spec: {selector: {}, %s}
                """.formatted(fields), GenericKubernetesResource.class);
    }

    private GenericKubernetesResource created(GenericKubernetesResource migrator) {
        return rights.admin()
                .resource(migrator)
                .inNamespace(rights.namespace())
                .dryRun()
                .create();
    }

    private static Map<String, Object> spec(GenericKubernetesResource migrator) {
        return Optional.<Map<String, Object>>ofNullable(migrator.get("spec")).orElseThrow();
    }
}
