package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.applied;
import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migratorUpdate;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Jane writes a Migrator; {@code A} stands for the operator's prefix. */
class StampsTest {

    @ParameterizedTest
    @EnumSource
    void a_new_request_bears_the_name_of_its_author(ControlAnnotation control) {
        var annotations = update("{a: b}", "{a: b, " + control.key() + ": now}");

        assertThat(annotations).isEqualTo(json("{a: b, %s: now, %s: jane}".formatted(control.key(), control.stamp())));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a new value, with the old stamp     | {A/run: a, A/run-by: joe}     | {A/run: b, A/run-by: joe}         | {A/run: b, A/run-by: jane}
            a new value, with another's stamp   | {}                            | {A/run: b, A/run-by: joe}         | {A/run: b, A/run-by: jane}
            the same value, with the old stamp  | {A/run: a, A/run-by: joe}     | {A/run: a, A/run-by: joe}         | {A/run: a, A/run-by: joe}
            the same value, with her own stamp  | {A/run: a, A/run-by: joe}     | {A/run: a, A/run-by: jane}        | {A/run: a, A/run-by: joe}
            the same value, without a stamp     | {A/run: a, A/run-by: joe}     | {A/run: a}                        | {A/run: a, A/run-by: joe}
            the same value, never admitted      | {A/run: a}                    | {A/run: a, A/run-by: jane}        | {A/run: a}
            a value that is taken back          | {A/run: a, A/run-by: joe}     | {A/run-by: joe, a: b}             | {a: b}
            a stamp for nothing                 | {}                            | {A/run-by: joe}                   | {}
            one of two                          | {A/run: a, A/run-by: joe}     | {A/run: a, A/retry: c, A/run-by: x} | {A/run: a, A/retry: c, A/run-by: joe, A/retry-by: jane}
            """)
    void the_request_itself_has_no_say(String what, String before, String after, String stamped) {
        assertThat(update(before, after)).isEqualTo(json(prefixed(stamped)));
    }

    @Test
    void a_migrator_that_is_created_with_a_request_is_stamped() {
        var request = review("migrators", "CREATE", "shop");
        ((ObjectNode) request.path("request"))
                .set("object", json(prefixed("{metadata: {annotations: {A/run: a, A/run-by: joe}}}")));

        assertThat(stamped(request)).isEqualTo(json(prefixed("{A/run: a, A/run-by: jane}")));
    }

    @Test
    void a_migrator_without_annotations_is_left_as_it_is() {
        var request = migratorUpdate(json("{metadata: {name: db}}"), json("{metadata: {name: db}, spec: {a: b}}"));

        assertThat(Stamps.review(new AdmissionRequest(request.path("request")))).isEqualTo(AdmissionVerdict.ALLOWED);
    }

    @Test
    void deletions_and_the_status_are_left_as_they_are() {
        var annotated = json(prefixed("{metadata: {annotations: {A/run: a}}}"));
        var deletion = review("migrators", "DELETE", "shop");
        ((ObjectNode) deletion.path("request")).set("object", annotated);
        var status = migratorUpdate(json("{}"), annotated);
        ((ObjectNode) status.path("request")).put("subResource", "status");

        assertThat(Stamps.review(new AdmissionRequest(deletion.path("request"))))
                .isEqualTo(AdmissionVerdict.ALLOWED);
        assertThat(Stamps.review(new AdmissionRequest(status.path("request")))).isEqualTo(AdmissionVerdict.ALLOWED);
    }

    private static JsonNode update(String before, String after) {
        return stamped(migratorUpdate(migrator(before), migrator(after)));
    }

    private static JsonNode migrator(String annotations) {
        return json("{metadata: {annotations: " + prefixed(annotations) + "}}");
    }

    /** The annotations as they are stored. */
    private static JsonNode stamped(JsonNode review) {
        var request = new AdmissionRequest(review.path("request"));
        var object = Stamps.review(request) instanceof Patched patched
                ? applied(patched.patch(), request.object())
                : request.object();
        return object.at("/metadata/annotations");
    }

    private static String prefixed(String annotations) {
        return annotations.replace("A/", "migrations.coderanger.net/");
    }
}
