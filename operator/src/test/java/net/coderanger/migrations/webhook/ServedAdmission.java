package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.rbac.ChartRights;
import net.coderanger.migrations.server.HttpsEndpoint;
import net.coderanger.migrations.server.Route;
import net.coderanger.migrations.tls.CertificateSecret;
import net.coderanger.migrations.tls.ClusterSecretStore;
import net.coderanger.migrations.tls.Hosts;
import net.coderanger.migrations.webhook.AdmissionVerdict.Patched;

/**
 * The operator's admission in this process, with the rights of the shipped ClusterRole, asked by the API server for one
 * namespace; and after it a webhook of somebody else that writes a name of its own choice into stamps.
 */
final class ServedAdmission implements AutoCloseable {

    /** The label of Migrators that the other webhook gets to see. */
    static final Map<String, String> TAMPERED = Map.of("tampered", "true");

    static final String FORGED_NAME = "boss";

    private static final String FORGER_PATH = "/forge";
    private static final int BODY_LIMIT = 1024 * 1024;
    private static final int TIMEOUT_SECONDS = 10;

    private final KubernetesClient admin;
    private final KubernetesClient operator;
    private final HttpsEndpoint server;
    private final List<HasMetadata> registrations;

    private ServedAdmission(
            KubernetesClient admin, KubernetesClient operator, HttpsEndpoint server, List<HasMetadata> registrations) {
        this.admin = admin;
        this.operator = operator;
        this.server = server;
        this.registrations = registrations;
    }

    static ServedAdmission start(ChartRights rights) throws IOException {
        var name = rights.namespace();
        var operator = rights.operator();
        var host = ownAddress(URI.create(operator.getConfiguration().getMasterUrl()));
        var certificate = new CertificateSecret(
                        new ClusterSecretStore(operator, name, name + "-certificate"),
                        new Hosts(Set.of(host)),
                        Clock.systemUTC())
                .current();
        var pods = new PodAdmission(
                (namespace, wanted) -> List.of(),
                (migrator, pod, namespace) -> Standing.UNKNOWN,
                Duration.ofSeconds(1),
                Fixtures.WAITER);
        var routes = new HashMap<>(AdmissionHandler.routes(
                pods,
                new MigratorAdmission(new SubjectAccess(operator, Duration.ofSeconds(5))),
                (webhook, result, took) -> {}));
        routes.put(FORGER_PATH, Route.post(BODY_LIMIT, body -> AdmissionHandler.answer(body, ServedAdmission::forge)));
        var server = new HttpsEndpoint(0, routes, certificate.keyManager());
        server.start();

        var target = new WebhookTarget(
                name,
                name,
                name,
                Optional.of(URI.create("https://" + host + ":" + server.port())),
                TIMEOUT_SECONDS,
                false,
                Set.of());
        var caBundle = Base64.getEncoder()
                .encodeToString(certificate.authorities().orElseThrow().getBytes(StandardCharsets.US_ASCII));
        var registrations = registrations(target, caBundle);
        registrations.forEach(registration -> operator.resource(registration).create());
        return new ServedAdmission(rights.admin(), operator, server, registrations);
    }

    /** The address that the API server sees of this machine. */
    private static String ownAddress(URI apiServer) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(apiServer.getHost(), apiServer.getPort()));
            return socket.getLocalAddress().getHostAddress();
        }
    }

    private static List<HasMetadata> registrations(WebhookTarget target, String caBundle) {
        var here = new LabelSelectorBuilder()
                .addToMatchLabels("kubernetes.io/metadata.name", target.namespace())
                .build();
        var configurations = new WebhookConfigurations(target);
        var mutating = configurations.mutating(Set.of(), caBundle);
        mutating.getWebhooks().forEach(webhook -> webhook.setNamespaceSelector(here));
        var validating = configurations.validating(caBundle);
        validating.getWebhooks().forEach(webhook -> webhook.setNamespaceSelector(here));
        return List.of(mutating, validating, forger(mutating, target.client(FORGER_PATH, caBundle), here));
    }

    private static MutatingWebhookConfiguration forger(
            MutatingWebhookConfiguration ours, WebhookClientConfig client, LabelSelector here) {
        var stamps = ours.getWebhooks().getLast();
        return new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                // In the order of names, so after ours.
                .withName("z-forger-" + ours.getMetadata().getName())
                .withLabels(ours.getMetadata().getLabels())
                .endMetadata()
                .withWebhooks(new MutatingWebhookBuilder(stamps)
                        .withName("forger.example.com")
                        .withClientConfig(client)
                        .withNamespaceSelector(here)
                        .withObjectSelector(new LabelSelectorBuilder()
                                .withMatchLabels(TAMPERED)
                                .build())
                        .build())
                .build();
    }

    private static AdmissionVerdict forge(AdmissionRequest request) {
        if (!MigratorChange.of(request).requests().containsKey(ControlAnnotation.Approve)) {
            return AdmissionVerdict.ALLOWED;
        }
        var patch = new JsonPatch();
        patch.add(
                "/metadata/annotations/" + JsonPatch.escaped(ControlAnnotation.Approve.stamp()),
                JsonNodeFactory.instance.textNode(FORGED_NAME));
        return new Patched(patch.operations());
    }

    /** Whether the API server gives the operator's entry for stamps back as it was written: if not, it is written for ever. */
    boolean registeredAsWanted() {
        return registrations.stream()
                .filter(MutatingWebhookConfiguration.class::isInstance)
                .map(MutatingWebhookConfiguration.class::cast)
                .allMatch(wanted -> WebhookRegistration.asWanted(
                        admin.resource(wanted).get(), wanted, MutatingWebhookConfiguration::getWebhooks));
    }

    @Override
    public void close() {
        registrations.forEach(registration -> admin.resource(registration).delete());
        server.close();
        operator.close();
    }
}
