package net.coderanger.migrations;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.health.EventSourceHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.health.Status;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.config.OperatorConfig;
import net.coderanger.migrations.controller.AdmissionView;
import net.coderanger.migrations.controller.MigratorReconciler;
import net.coderanger.migrations.controller.Orphans;
import net.coderanger.migrations.controller.WatchedNamespaces;
import net.coderanger.migrations.log.LogOutput;
import net.coderanger.migrations.metrics.OperatorMetrics;
import net.coderanger.migrations.server.Health;
import net.coderanger.migrations.server.HttpEndpoint;
import net.coderanger.migrations.server.HttpsEndpoint;
import net.coderanger.migrations.server.LastingTrouble;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;
import net.coderanger.migrations.tls.CertificateRefresh;
import net.coderanger.migrations.tls.CertificateSecret;
import net.coderanger.migrations.tls.ClusterSecretStore;
import net.coderanger.migrations.tls.Hosts;
import net.coderanger.migrations.webhook.AdmissionHandler;
import net.coderanger.migrations.webhook.MigratorAdmission;
import net.coderanger.migrations.webhook.PodAdmission;
import net.coderanger.migrations.webhook.ReadyApi;
import net.coderanger.migrations.webhook.RegistrationRefresh;
import net.coderanger.migrations.webhook.Standing;
import net.coderanger.migrations.webhook.SubjectAccess;
import net.coderanger.migrations.webhook.WaiterContainer;
import net.coderanger.migrations.webhook.WebhookRegistration;
import net.coderanger.migrations.webhook.WebhookTarget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's process: reads its settings, puts the parts together, starts them. */
public final class OperatorMain {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorMain.class);
    private static final int MISCONFIGURED = 2;
    private static final int FAILED = 1;
    private static final Duration STANDSTILL = Duration.ofMinutes(2);
    private static final Duration CERTIFICATE_CHECK = Duration.ofMinutes(1);
    private static final Duration NAMESPACE_CHECK = Duration.ofSeconds(20);
    /** A release that fails for an hour must be tried after an hour, too: nothing waits in silence. */
    private static final Retry UNTIL_IT_WORKS = new GenericRetry()
            .setInitialInterval(500)
            .setIntervalMultiplier(1.5)
            .setMaxInterval(15_000)
            .withoutMaxAttempts();

    private static final Duration SHUTDOWN = Duration.ofSeconds(5);

    /** A watch is renewed every few minutes, and is broken for about a second then. */
    private static final Duration WATCHES_MAY_BE_BROKEN = Duration.ofSeconds(30);

    /** Below the 1 s that the fail-open webhook entry has. */
    private static final Duration ADMISSION_PATIENCE = Duration.ofMillis(700);

    private final OperatorConfig config;
    private final Clock clock = Clock.systemUTC();
    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final ScheduledExecutorService background = Executors.newScheduledThreadPool(1);
    private final OperatorMetrics metrics = new OperatorMetrics(() -> this.leading);
    private volatile boolean leading;
    private final LastingTrouble brokenWatches = new LastingTrouble(clock, WATCHES_MAY_BE_BROKEN);
    private volatile @Nullable RegistrationRefresh registration;
    private volatile @Nullable HttpsEndpoint endpoint;
    private volatile Instant lastRound = clock.instant();
    private volatile boolean stopping;

    private OperatorMain(OperatorConfig config) {
        this.config = config;
        this.leading = !config.leadership().election();
    }

    public static void main(String[] args) {
        OperatorConfig config;
        try {
            config = OperatorConfig.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(MISCONFIGURED);
            return;
        }
        LogOutput.use(config.logging().format(), config.logging().level());
        try {
            new OperatorMain(config).start();
        } catch (IOException | RuntimeException e) {
            LOG.atError().setCause(e).log("The operator could not start");
            System.exit(FAILED);
        }
    }

    private void start() throws IOException {
        var namespaces = new WatchedNamespaces(client, config.watchNamespaces(), OperatorMain::startAgain);
        if (namespaces.none()) {
            throw new IllegalStateException("the operator has rights in none of the namespaces of WATCH_NAMESPACES: "
                    + String.join(", ", config.watchNamespaces()));
        }
        var operator = new Operator(this::configure);
        var reconciler = new MigratorReconciler(client, clock, metrics.migrators());
        operator.<Migrator>register(reconciler, overrider -> {
            overrider.withOnUpdateFilter(MigratorReconciler::matters).withRetry(UNTIL_IT_WORKS);
            if (!namespaces.watched().isEmpty()) {
                overrider.settingNamespaces(namespaces.watched());
            }
        });

        var pages = new HashMap<>(Health.routes(this::ailing, () -> notReady(operator, namespaces)));
        pages.put("/metrics", Route.get(() -> Reply.of(OperatorMetrics.CONTENT_TYPE, metrics.page())));
        new HttpEndpoint(config.healthPort(), pages).start();

        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(operator)));
        operator.start();
        // what the first lists left behind would be held, as memory of the process, until the heap is full, which may
        // be never
        System.gc();
        var certificate = serveWebhook(reconciler);
        keepUp(reconciler, certificate);
        every(NAMESPACE_CHECK, namespaces);
        LOG.atInfo().log("Started");
    }

    private void configure(ConfigurationServiceOverrider overrider) {
        MigratorReconciler.configure(overrider);
        overrider
                .withKubernetesClient(client)
                .withMetrics(metrics.reconciliations())
                .withCloseClientOnStop(false)
                .withReconciliationTerminationTimeout(SHUTDOWN);
        if (config.leadership().election()) {
            overrider.withLeaderElectionConfiguration(LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(
                            config.leadership().leaseName())
                    .withLeaseNamespace(config.namespace())
                    .withIdentity(config.podName())
                    .withExitOnStopLeading(false)
                    .withLeaderCallbacks(new LeaderCallbacks(this::leads, this::leadershipLost, leader -> {}))
                    .build());
        }
    }

    private void leads() {
        leading = true;
        LOG.atInfo().log("This replica leads");
    }

    /** Ends the process at once: another replica leads, and whatever this one was about to write is not its business any more. */
    private void leadershipLost() {
        leading = false;
        if (!stopping) {
            LOG.atWarn().log("This replica does not lead any more: it ends, and starts again");
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** Ends, and gives the lease back, so that the next leader need not wait until it has run out.  */
    private void stop(Operator operator) {
        stopping = true;
        var led = leading && config.leadership().election();
        background.shutdownNow();
        Optional.ofNullable(endpoint).ifPresent(HttpsEndpoint::close);
        operator.stop();
        if (led) { // JOSDK does not do that
            client.leases()
                    .inNamespace(config.namespace())
                    .withName(config.leadership().leaseName())
                    .edit(lease -> {
                        if (config.podName().equals(lease.getSpec().getHolderIdentity())) {
                            lease.getSpec().setHolderIdentity(null);
                        }
                        return lease;
                    });
        }
    }

    /** That the API server is away is no reason to end: the webhook answers from the caches meanwhile. */
    private List<String> ailing() {
        return Duration.between(lastRound, clock.instant()).compareTo(STANDSTILL) > 0
                ? List.of("the background tasks have not come round since " + lastRound)
                : List.of();
    }

    /** A namespace that was deleted at the time of the start is there again. The other replica looks at another moment. */
    private static void startAgain() {
        LOG.atInfo().log("There is one more namespace to watch: this replica ends, and starts again");
        System.exit(FAILED);
    }

    private List<String> notReady(Operator operator, WatchedNamespaces namespaces) {
        var refresh = registration;
        if (refresh == null) {
            return List.of("the caches are not filled, or the webhook is not served yet");
        }
        if (!refresh.seen()) {
            return List.of(
                    "the webhook is not registered yet with the certificate that is served and for the namespaces that are watched:"
                            + " the log of the leading replica says why, if this lasts");
        }
        return brokenWatches.of(operator.getRuntimeInfo().unhealthyEventSources().values().stream()
                .flatMap(sources -> sources.entrySet().stream())
                .filter(source -> broken(source.getValue(), namespaces))
                .map(source -> "the watch of " + source.getKey() + " is broken")
                .collect(Collectors.toSet()));
    }

    private static boolean broken(EventSourceHealthIndicator source, WatchedNamespaces namespaces) {
        return !(source instanceof InformerWrappingEventSourceHealthIndicator<?> informers)
                || informers.informerHealthIndicators().values().stream()
                        .anyMatch(watch -> watch.getStatus() == Status.UNHEALTHY
                                && !namespaces.closed(watch.getTargetNamespace()));
    }

    private CertificateRefresh serveWebhook(MigratorReconciler reconciler) throws IOException {
        var webhook = config.webhook();
        var hosts = webhook.url()
                .map(url -> new Hosts(Set.of(url.getHost())))
                .orElseGet(() -> Hosts.ofService(webhook.service(), config.namespace()));
        var secret = new CertificateSecret(
                new ClusterSecretStore(client, config.namespace(), webhook.certificateSecret()), hosts, clock);
        var served = secret.current();

        var waiter = config.waiter();
        // who is not told in time that there is a new Migrator lets its pods through; who waits too long refuses the
        // pods of others
        var view = new AdmissionView(client, webhook.timeout().multipliedBy(3).dividedBy(5));
        var pods = new PodAdmission(
                (namespace, wanted) ->
                        view.migrators(namespace, reconciler.cache().migrators(namespace), wanted),
                (migrator, pod, namespace) -> standing(view, migrator, pod, namespace),
                ADMISSION_PATIENCE,
                new WaiterContainer(waiter.image(), waiter.pullPolicy().name(), waiter.requests(), waiter.limits()));
        var migrators = new MigratorAdmission(new SubjectAccess(client, webhook.timeout()));
        var https = new HttpsEndpoint(
                webhook.port(), AdmissionHandler.routes(pods, migrators, metrics.webhook()), served.keyManager());
        https.start();
        endpoint = https;
        if (config.readyApiPort().isPresent()) {
            new HttpEndpoint(
                            config.readyApiPort().get(),
                            new ReadyApi(namespace -> reconciler.cache().migrators(namespace)).routes())
                    .start();
        }
        var refresh = new CertificateRefresh(
                secret, served, CERTIFICATE_CHECK, certificate -> https.reload(certificate.keyManager()));
        refresh.start();
        return refresh;
    }

    private Standing standing(AdmissionView view, Migrator migrator, JsonNode pod, String namespace) {
        var revision =
                view.revision(migrator, client.getKubernetesSerialization().convertValue(pod, Pod.class), namespace);
        return new Standing(
                revision,
                revision.filter(known -> AdmissionView.passes(migrator, known)).isPresent());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the tasks catch what they throw, and end with the process
    private void every(Duration period, Runnable task) {
        background.scheduleWithFixedDelay(task, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void keepUp(MigratorReconciler reconciler, CertificateRefresh certificate) {
        var webhook = config.webhook();
        var target = new WebhookTarget(
                webhook.service(),
                config.namespace(),
                webhook.service(),
                webhook.url(),
                (int) webhook.timeout().toSeconds(),
                webhook.gateOtherNamespaces(),
                config.watchNamespaces());
        var refresh = new RegistrationRefresh(
                new WebhookRegistration(client, target, webhook.clusterRole()),
                () -> reconciler.cache().migrators().stream()
                        .map(migrator -> migrator.getMetadata().getNamespace())
                        .collect(Collectors.toSet()),
                () -> certificate.served().authorities(),
                () -> leading);
        metrics.tellExpiry(() -> certificate.served().expires());
        metrics.tell(
                new OperatorMetrics.State(
                        () -> reconciler.cache().migrators(),
                        () -> reconciler.cache().pods(),
                        refresh::stands),
                () -> leading,
                config.metricsPerMigrator(),
                clock);
        every(Duration.ofSeconds(1), () -> lastRound = clock.instant());
        registration = refresh;
        every(Duration.ofSeconds(1), refresh);
        every(Duration.ofSeconds(5), new Orphans(client, reconciler.cache(), clock));
    }
}
