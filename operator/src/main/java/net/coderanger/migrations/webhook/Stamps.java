package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;

/**
 * Who set which control annotation of a Migrator. A value that is new is its author's; one that stays keeps the stamp it had;
 * without a value there is no stamp. What the request itself says of stamps counts for nothing.
 */
final class Stamps {

    private static final String ANNOTATIONS = "/metadata/annotations/";

    private Stamps() {}

    /** Admits Migrators with the stamps that are due. Changes nothing but its answer, so a dry run needs no care. */
    static AdmissionVerdict review(AdmissionRequest request) {
        if (!request.writesMigrator()) {
            return AdmissionVerdict.ALLOWED;
        }
        var patch = patch(MigratorChange.of(request), request.user().name());
        return patch.isEmpty() ? AdmissionVerdict.ALLOWED : new Patched(patch);
    }

    /** What makes the stamps as they should be. */
    static ArrayNode patch(MigratorChange change, String user) {
        var due = due(change, user);
        var present = change.after().path("metadata").path("annotations");
        var patch = new JsonPatch();
        for (var control : ControlAnnotation.values()) {
            var path = ANNOTATIONS + JsonPatch.escaped(control.stamp());
            var stamp = due.get(control);
            if (stamp == null && present.has(control.stamp())) {
                patch.remove(path);
            } else if (stamp != null
                    && !present.path(control.stamp()).equals(JsonNodeFactory.instance.textNode(stamp))) {
                patch.add(path, JsonNodeFactory.instance.textNode(stamp));
            }
        }
        return patch.operations();
    }

    /** A stamp that is not what it should be, for the author of the request; empty if there is none. */
    static Optional<String> forged(MigratorChange change, String user) {
        var due = due(change, user);
        var present = MigratorChange.annotations(change.after());
        return Arrays.stream(ControlAnnotation.values())
                .filter(control -> !Objects.equals(due.get(control), present.get(control.stamp())))
                .findFirst()
                .map(control -> "annotation " + control.stamp() + " must "
                        + Optional.ofNullable(due.get(control))
                                .map(stamp -> "be \"" + stamp + "\"")
                                .orElse("not be there")
                        + ": the operator writes it, to record who has set " + control.key()
                        + ". Either it was not asked, as when it is being installed: try again. Or another webhook has changed"
                        + " the annotation: an administrator finds it among the mutatingwebhookconfigurations");
    }

    private static Map<ControlAnnotation, String> due(MigratorChange change, String user) {
        var requests = change.requests();
        var before = MigratorChange.annotations(change.before());
        var after = MigratorChange.annotations(change.after());
        var due = new EnumMap<ControlAnnotation, String>(ControlAnnotation.class);
        for (var control : ControlAnnotation.values()) {
            var old = before.get(control.stamp());
            if (requests.containsKey(control)) {
                due.put(control, user);
            } else if (after.containsKey(control.key()) && old != null) {
                due.put(control, old);
            }
        }
        return due;
    }
}
