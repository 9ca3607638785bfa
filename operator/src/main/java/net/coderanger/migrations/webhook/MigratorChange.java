package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.Right;

/**
 * What a request changes in a Migrator, and what its author must be allowed for that. What stays as it is takes no right, so that
 * whoever applies the same manifests over and over needs none.
 */
record MigratorChange(JsonNode before, JsonNode after) {

    private static final String APPROVED_REVISION = "approvedRevision";

    /** A Migrator that is created was nothing before. */
    static MigratorChange of(AdmissionRequest request) {
        var created = request.operation().equals("CREATE");
        return new MigratorChange(created ? MissingNode.getInstance() : request.oldObject(), request.object());
    }

    boolean specChanges() {
        return before.isMissingNode() || !spec(before).equals(spec(after));
    }

    /** The control annotations that this request adds, or gives another value. */
    Map<ControlAnnotation, String> requests() {
        var known = annotations(before);
        var wanted = annotations(after);
        var requests = new EnumMap<ControlAnnotation, String>(ControlAnnotation.class);
        for (var control : ControlAnnotation.values()) {
            var value = wanted.get(control.key());
            if (value != null && !value.equals(known.get(control.key()))) {
                requests.put(control, value);
            }
        }
        return requests;
    }

    /**
     * The rights that this change takes. To take back a control annotation takes none: what was asked is either answered and
     * recorded, or not yet begun. Everything else that the operator acts upon is for those who may create Jobs, so that whoever
     * has nothing but the right to approve can do nothing else.
     */
    Set<Right> rights() {
        var rights = EnumSet.noneOf(Right.class);
        if (approves()) {
            rights.add(Right.Approve);
        }
        if (before.isMissingNode() || configures()) {
            rights.add(Right.CreateJobs);
        }
        requests().keySet().forEach(control -> rights.add(control.right()));
        return rights;
    }

    private boolean approves() {
        var approved = spec(after).path(APPROVED_REVISION);
        return !none(approved) && !approved.equals(spec(before).path(APPROVED_REVISION));
    }

    private boolean configures() {
        return !withoutApproval(before).equals(withoutApproval(after))
                || (none(spec(after).path(APPROVED_REVISION))
                        && !none(spec(before).path(APPROVED_REVISION)))
                || !Json.text(annotationsOf(before), Annotations.SKIP_RECONCILE)
                        .equals(Json.text(annotationsOf(after), Annotations.SKIP_RECONCILE))
                // They go to the Jobs.
                || !labels(before).equals(labels(after))
                // The garbage collector deletes what has lost its owner: an owner that never was is a way to delete.
                || !owners(before).containsAll(owners(after));
    }

    static Map<String, String> annotations(JsonNode migrator) {
        return Json.map(annotationsOf(migrator));
    }

    private static JsonNode annotationsOf(JsonNode migrator) {
        return migrator.path("metadata").path("annotations");
    }

    private static Map<String, String> labels(JsonNode migrator) {
        return Json.map(migrator.path("metadata").path("labels"));
    }

    private static Set<String> owners(JsonNode migrator) {
        return Json.list(migrator.path("metadata").path("ownerReferences")).stream()
                .map(owner -> Json.text(owner, "uid"))
                .collect(Collectors.toSet());
    }

    private static JsonNode spec(JsonNode migrator) {
        return migrator.path("spec");
    }

    private static JsonNode withoutApproval(JsonNode migrator) {
        return spec(migrator) instanceof ObjectNode spec
                ? spec.deepCopy().remove(List.of(APPROVED_REVISION))
                : spec(migrator);
    }

    private static boolean none(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }
}
