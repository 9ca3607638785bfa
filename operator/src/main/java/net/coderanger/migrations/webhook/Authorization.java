package net.coderanger.migrations.webhook;

import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Right;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.webhook.AccessReview.Action;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the author of a request has the rights that it takes; if not, which one is missing and how it is granted. */
final class Authorization {

    private static final Logger LOG = LoggerFactory.getLogger(Authorization.class);

    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;

    private final AccessReview access;

    Authorization(AccessReview access) {
        this.access = access;
    }

    /** Why the request is refused, for its author; empty if they have all these rights. */
    Optional<Denied> refusal(AdmissionRequest request, Set<Right> rights) {
        return rights.stream()
                .map(right -> refusal(request, right))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Denied> refusal(AdmissionRequest request, Right right) {
        var user = request.user();
        var action = action(request, right);
        try {
            return access.allows(user, action)
                    ? Optional.empty()
                    : Optional.of(new Denied(FORBIDDEN, missing(right, user.name(), action)));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue(MigratorFields.NAMESPACE, request.namespace())
                    .addKeyValue(MigratorFields.MIGRATOR, request.name())
                    .addKeyValue("right", right)
                    .log("Cannot find out whether somebody has the right to change a Migrator; the change is refused");
            return Optional.of(new Denied(
                    UNAVAILABLE,
                    "cannot find out whether " + user.name() + " may " + described(action)
                            + ", which this change of a Migrator needs. Try again"));
        }
    }

    private static Action action(AdmissionRequest request, Right right) {
        return switch (right) {
            case CreateJobs -> new Action("create", "batch", "jobs", request.namespace(), "");
            case Approve -> new Action("approve", Migrator.GROUP, "migrators", request.namespace(), request.name());
        };
    }

    private static String missing(Right right, String user, Action action) {
        return "user " + user + " may not " + described(action) + ". "
                + switch (right) {
                    case CreateJobs ->
                        "A Migrator runs Jobs, so whoever creates or changes one needs that right."
                                + granted("job-creator", user, action);
                    case Approve ->
                        "Whoever approves or rejects a revision, by annotation or by spec.approvedRevision, needs that right."
                                + granted(
                                        (action.name().isEmpty() ? "migrator" : action.name()) + "-approver",
                                        user,
                                        action);
                };
    }

    private static String granted(String role, String user, Action action) {
        var kubectl = "kubectl -n " + action.namespace() + " create ";
        return " An administrator can grant it: "
                + kubectl + "role " + role + " --verb=" + action.verb() + " --resource=" + resource(action)
                + (action.name().isEmpty() ? "" : " --resource-name=" + action.name()) + "; "
                + kubectl + "rolebinding " + role + " --role=" + role + " --user=" + user;
    }

    private static String described(Action action) {
        return action.verb() + " " + resource(action) + (action.name().isEmpty() ? "" : " " + action.name())
                + " in namespace " + action.namespace();
    }

    private static String resource(Action action) {
        return action.resource() + "." + action.group();
    }
}
