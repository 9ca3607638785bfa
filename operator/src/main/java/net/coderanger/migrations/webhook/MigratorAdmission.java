package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.plan.Selectors;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;

/**
 * Refuses Migrators that say what a schema cannot check, and changes whose author lacks the right to them: a Migrator runs a
 * command of their choice with the service account, Secrets and volumes of a pod, and so must not be a way around that right.
 * It looks at the object that is about to be stored, after all that other webhooks have done to it.
 */
public final class MigratorAdmission {

    private static final int FORBIDDEN = 403;
    private static final int INVALID = 422;

    private final Authorization authorization;

    public MigratorAdmission(AccessReview access) {
        this.authorization = new Authorization(access);
    }

    AdmissionVerdict review(AdmissionRequest request) {
        if (!request.writesMigrator()) {
            return AdmissionVerdict.ALLOWED;
        }
        var change = MigratorChange.of(request);
        return malformed(change)
                .map(message -> new Denied(INVALID, message))
                .or(() -> Stamps.forged(change, request.user().name()).map(message -> new Denied(FORBIDDEN, message)))
                .or(() -> authorization.refusal(request, change.rights()))
                .<AdmissionVerdict>map(denied -> denied)
                .orElse(AdmissionVerdict.ALLOWED);
    }

    private static Optional<String> malformed(MigratorChange change) {
        var spec = change.after().path("spec");
        var selectors = change.specChanges() ? Stream.of("selector", "templateSelector") : Stream.<String>of();
        return Stream.concat(
                        selectors.map(field -> invalidSelector(spec, field)),
                        change.requests().entrySet().stream()
                                .map(request -> request.getKey()
                                        .invalid(request.getValue())
                                        .map(why ->
                                                "annotation " + request.getKey().key() + ": " + why)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> invalidSelector(JsonNode spec, String field) {
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
}
