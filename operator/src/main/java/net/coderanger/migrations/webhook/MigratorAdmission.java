package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.plan.Selectors;
import net.coderanger.migrations.webhook.AccessReview.User;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses Migrators that say what a schema cannot check, and those whose author may not create Jobs: a Migrator runs a command
 * of their choice with the service account, Secrets and volumes of a pod, and so must not be a way around that right.
 */
public final class MigratorAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(MigratorAdmission.class);

    private static final int FORBIDDEN = 403;
    private static final int INVALID = 422;
    private static final int UNAVAILABLE = 503;

    private final AccessReview access;

    public MigratorAdmission(AccessReview access) {
        this.access = access;
    }

    AdmissionVerdict review(AdmissionRequest request) {
        var spec = request.object().path("spec");
        var changes = request.operation().equals("CREATE")
                || (request.operation().equals("UPDATE")
                        && !spec.equals(request.oldObject().path("spec")));
        if (!changes || !request.isFor("migrators")) {
            return AdmissionVerdict.ALLOWED;
        }
        return Stream.of("selector", "templateSelector")
                .map(field -> invalid(spec, field))
                .flatMap(Optional::stream)
                .findFirst()
                .<AdmissionVerdict>map(message -> new Denied(INVALID, message))
                .orElseGet(() -> authorized(request));
    }

    private static Optional<String> invalid(JsonNode spec, String field) {
        if (!spec.hasNonNull(field)) {
            return Optional.empty();
        }
        try {
            return Selectors.invalid(Json.MAPPER.treeToValue(spec.path(field), LabelSelector.class))
                    .map(why -> "spec." + field + "." + why);
        } catch (JsonProcessingException e) {
            return Optional.of("spec." + field + ": is not a label selector");
        }
    }

    private AdmissionVerdict authorized(AdmissionRequest request) {
        var namespace = request.namespace();
        var user = user(request.userInfo());
        try {
            return access.mayCreateJobs(user, namespace)
                    ? AdmissionVerdict.ALLOWED
                    : new Denied(FORBIDDEN, missingRight(user.name(), namespace));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("namespace", namespace)
                    .log("Cannot find out whether somebody may create Jobs; their Migrator is refused");
            return new Denied(
                    UNAVAILABLE,
                    "cannot find out whether " + user.name() + " may create Jobs in namespace " + namespace
                            + ", which a Migrator needs. Try again");
        }
    }

    private static String missingRight(String user, String namespace) {
        return "user " + user + " may not create jobs.batch in namespace " + namespace
                + ". A Migrator runs Jobs, so whoever creates or changes one needs that right. An administrator can grant it:"
                + " kubectl -n " + namespace + " create role job-creator --verb=create --resource=jobs.batch;"
                + " kubectl -n " + namespace + " create rolebinding job-creator --role=job-creator --user=" + user;
    }

    private static User user(JsonNode info) {
        return new User(
                Json.text(info, "username"),
                Json.text(info, "uid"),
                Json.texts(info.path("groups")),
                info.path("extra")
                        .propertyStream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, extra -> List.copyOf(Json.texts(extra.getValue())))));
    }
}
