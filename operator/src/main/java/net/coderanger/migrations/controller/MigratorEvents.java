package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.SafeName;
import net.coderanger.migrations.log.MigratorFields;
import net.coderanger.migrations.output.Excerpt;
import net.coderanger.migrations.plan.Action;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kubernetes events. An event's name tells what it is about, so that the same thing told twice is one event. */
final class MigratorEvents {

    private static final Logger LOG = LoggerFactory.getLogger(MigratorEvents.class);
    private static final String COMPONENT = "migrations-operator";
    private static final int CONFLICT = 409;
    private static final int DIGEST_LENGTH = 16;

    /** Longest note that the events API takes. */
    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;
    private final Clock clock;

    MigratorEvents(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    void announce(Migrator migrator, Action.Announce announce) {
        post(migrator, announce.reason().name(), announce.warning(), announce.key(), announce.message());
    }

    /** Posts an event; that it could not be posted is logged and hinders nothing. */
    void post(HasMetadata about, String reason, boolean warning, String key, String message) {
        try {
            client.resource(event(about, reason, warning, key, message)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                LOG.atWarn()
                        .addKeyValue(
                                MigratorFields.NAMESPACE, about.getMetadata().getNamespace())
                        .addKeyValue(
                                about.getKind().toLowerCase(Locale.ROOT),
                                about.getMetadata().getName())
                        .addKeyValue("reason", reason)
                        .setCause(e)
                        .log("An event could not be posted");
            }
        }
    }

    private Event event(HasMetadata about, String reason, boolean warning, String key, String message) {
        var metadata = about.getMetadata();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        var id = SafeName.digest(metadata.getUid() + "/" + reason + "/" + key, DIGEST_LENGTH);
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(metadata.getNamespace())
                .withName(SafeName.of(metadata.getName(), 200) + "." + id)
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withNamespace(metadata.getNamespace())
                        .withName(metadata.getName())
                        .withUid(metadata.getUid())
                        .withResourceVersion(metadata.getResourceVersion())
                        .build())
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
                .withMessage(Excerpt.start(message, MAX_MESSAGE))
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .build();
    }
}
