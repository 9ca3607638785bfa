package net.coderanger.migrations.config;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.coderanger.migrations.log.LogFormat;
import org.slf4j.event.Level;

/**
 * The operator's settings.
 *
 * @param podName this replica's name, as a leader
 * @param namespace where the operator runs
 * @param watchNamespaces where the operator acts; empty for all namespaces
 * @param waiter the init container in gated pods
 * @param webhook how the API server reaches this operator, and for which pods
 * @param leadership which replica works
 * @param healthPort where the probes are answered
 * @param readyApiPort where the original's readiness API is served, if anywhere
 * @param metricsPerMigrator whether gauges have the labels namespace and migrator
 * @param logging what the log looks like
 */
public record OperatorConfig(
        String podName,
        String namespace,
        Set<String> watchNamespaces,
        Waiter waiter,
        Webhook webhook,
        Leadership leadership,
        int healthPort,
        Optional<Integer> readyApiPort,
        boolean metricsPerMigrator,
        Logging logging) {

    /** When nodes pull the waiter's image. */
    public enum PullPolicy {
        IfNotPresent,
        Always,
        Never
    }

    /**
     * The init container in gated pods.
     *
     * @param requests quantities by resource name, cpu and memory; an entry may be missing
     * @param limits the same for the limits
     */
    public record Waiter(
            String image, PullPolicy pullPolicy, Map<String, String> requests, Map<String, String> limits) {}

    /**
     * How the API server reaches this operator, and for which pods.
     *
     * @param service name of the Service, in the operator's namespace
     * @param url base URL in place of the Service, for an operator outside the cluster
     * @param clusterRole name of the ClusterRole that owns the webhook configurations
     */
    public record Webhook(
            int port,
            String service,
            Optional<URI> url,
            Optional<String> clusterRole,
            String certificateSecret,
            Duration timeout,
            boolean gateOtherNamespaces) {}

    /** Which replica works. */
    public record Leadership(boolean election, String leaseName) {}

    /** What the log looks like. */
    public record Logging(LogFormat format, Level level) {}

    /** Every Linux container has this one; it stands in for a {@code POD_NAME} that nobody has set. */
    private static final String HOST_NAME = "HOSTNAME";

    static final Setting<String> POD_NAME = Setting.required(
            "POD_NAME",
            Legal.OBJECT_NAME,
            "Name of the operator's pod, by the downward API. `HOSTNAME` stands in for it.");
    static final Setting<String> POD_NAMESPACE = Setting.required(
            "POD_NAMESPACE", Legal.LABEL_NAME, "Namespace of the operator's pod, by the downward API.");
    static final Setting<Set<String>> WATCH_NAMESPACES = Setting.optional(
            "WATCH_NAMESPACES",
            Legal.NAMESPACES,
            "The only namespaces in which the operator acts. Not set: all. It then needs its rights in these namespaces alone; of"
                    + " Migrators and pods of other namespaces it knows nothing.");
    static final Setting<String> WAITER_IMAGE = Setting.required(
            "WAITER_IMAGE", Legal.TEXT, "Image of the init container that holds gated pods: the operator's own image.");
    static final Setting<PullPolicy> WAITER_IMAGE_PULL_POLICY = Setting.of(
            "WAITER_IMAGE_PULL_POLICY",
            Legal.oneOf(PullPolicy.values()),
            PullPolicy.IfNotPresent.name(),
            "When nodes pull the waiter's image.");
    static final Setting<String> WAITER_CPU_REQUEST =
            Setting.of("WAITER_CPU_REQUEST", Legal.QUANTITY_OR_NONE, "10m", "CPU that the waiter requests.");
    static final Setting<String> WAITER_MEMORY_REQUEST =
            Setting.of("WAITER_MEMORY_REQUEST", Legal.QUANTITY_OR_NONE, "48Mi", "Memory that the waiter requests.");
    static final Setting<String> WAITER_CPU_LIMIT = Setting.of(
            "WAITER_CPU_LIMIT",
            Legal.QUANTITY_OR_NONE,
            "500m",
            "The waiter's CPU limit. Namespaces with a quota on `limits.cpu` refuse containers without one.");
    static final Setting<String> WAITER_MEMORY_LIMIT =
            Setting.of("WAITER_MEMORY_LIMIT", Legal.QUANTITY_OR_NONE, "64Mi", "The waiter's memory limit.");
    static final Setting<Integer> WEBHOOK_PORT =
            Setting.of("WEBHOOK_PORT", Legal.PORT, "9443", "Port of the webhook, HTTPS.");
    static final Setting<Integer> HEALTH_PORT =
            Setting.of("HEALTH_PORT", Legal.PORT, "8080", "Port of `/healthz`, `/readyz` and `/metrics`, HTTP.");
    static final Setting<String> WEBHOOK_SERVICE = Setting.of(
            "WEBHOOK_SERVICE",
            Legal.LABEL_NAME,
            "migrations-operator",
            "Name of the Service, in the operator's namespace, by which the API server reaches the webhook on port 443.");
    static final Setting<URI> WEBHOOK_URL = Setting.optional(
            "WEBHOOK_URL",
            Legal.HTTPS_URL,
            "Base URL of the webhook in place of the Service, for an operator outside the cluster.");
    static final Setting<String> CLUSTER_ROLE = Setting.optional(
            "CLUSTER_ROLE",
            Legal.ROLE_NAME,
            "Name of the ClusterRole that owns the webhook configurations, so that they go when it goes.");
    static final Setting<String> CERTIFICATE_SECRET = Setting.of(
            "CERTIFICATE_SECRET",
            Legal.OBJECT_NAME,
            "migrations-operator-certificate",
            "Name of the Secret, in the operator's namespace, with the webhook's certificate. Made if absent; one of type"
                    + " `kubernetes.io/tls` without `ca.key` (cert-manager's) is used as it is.");
    static final Setting<String> LEASE_NAME = Setting.of(
            "LEASE_NAME",
            Legal.OBJECT_NAME,
            "migrations-operator",
            "Name of the Lease, in the operator's namespace, by which the replicas choose their leader.");
    static final Setting<Boolean> LEADER_ELECTION = Setting.of(
            "LEADER_ELECTION",
            Legal.BOOLEAN,
            "true",
            "Whether a leader is elected. `false` only when there is one operator for certain.");
    static final Setting<Boolean> GATE_OTHER_NAMESPACES = Setting.of(
            "GATE_OTHER_NAMESPACES",
            Legal.BOOLEAN,
            "true",
            "Whether pods of namespaces without a Migrator are looked at, too, which covers the seconds after a namespace's"
                    + " first Migrator. Such pods are never blocked when the operator does not answer.");
    static final Setting<Integer> ADMISSION_TIMEOUT_SECONDS = Setting.of(
            "ADMISSION_TIMEOUT_SECONDS",
            Legal.number(1, 30, "a number"),
            "5",
            "How many seconds the API server waits for the webhook's answer.");
    static final Setting<Integer> READY_API_PORT = Setting.optional(
            "READY_API_PORT",
            Legal.PORT,
            "Port of the original operator's `POST /api/ready`, HTTP, for pods that still carry the original's waiter (it"
                    + " used 5000).");

    static final Setting<Boolean> METRICS_PER_MIGRATOR = Setting.of(
            "METRICS_PER_MIGRATOR",
            Legal.BOOLEAN,
            "false",
            "Whether the gauges on `/metrics` have the labels `namespace` and `migrator`: then alerts name the Migrator, and the"
                    + " number of series grows with that of the Migrators.");

    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
            "LOG_FORMAT",
            Legal.oneOf(LogFormat.values()),
            LogFormat.json.name(),
            "What the log on standard output looks like: one JSON object per line, or text for people.");
    static final Setting<Level> LOG_LEVEL = Setting.of(
            "LOG_LEVEL",
            Legal.oneOf(Level.values()),
            Level.INFO.name(),
            "The least level of lines that are logged. For the libraries that the operator is made of it is one higher: theirs of `INFO`"
                    + " come with `DEBUG`, which also shows every stack trace.");

    static final List<Setting<?>> ALL = List.of(
            POD_NAME,
            POD_NAMESPACE,
            WATCH_NAMESPACES,
            WAITER_IMAGE,
            WAITER_IMAGE_PULL_POLICY,
            WAITER_CPU_REQUEST,
            WAITER_CPU_LIMIT,
            WAITER_MEMORY_REQUEST,
            WAITER_MEMORY_LIMIT,
            WEBHOOK_PORT,
            WEBHOOK_SERVICE,
            WEBHOOK_URL,
            CLUSTER_ROLE,
            CERTIFICATE_SECRET,
            ADMISSION_TIMEOUT_SECONDS,
            GATE_OTHER_NAMESPACES,
            LEADER_ELECTION,
            LEASE_NAME,
            HEALTH_PORT,
            READY_API_PORT,
            METRICS_PER_MIGRATOR,
            LOG_FORMAT,
            LOG_LEVEL);

    /**
     * Parses the environment.
     *
     * @throws IllegalArgumentException for the first variable that is missing or not legal, with its name, its value, the legal
     *     values and its meaning
     */
    public static OperatorConfig from(Map<String, String> environment) {
        return new OperatorConfig(
                POD_NAME.ifAny(environment).orElseGet(() -> POD_NAME.in(withHostName(environment))),
                POD_NAMESPACE.in(environment),
                WATCH_NAMESPACES.ifAny(environment).orElse(Set.of()),
                new Waiter(
                        WAITER_IMAGE.in(environment),
                        WAITER_IMAGE_PULL_POLICY.in(environment),
                        quantities(WAITER_CPU_REQUEST.in(environment), WAITER_MEMORY_REQUEST.in(environment)),
                        quantities(WAITER_CPU_LIMIT.in(environment), WAITER_MEMORY_LIMIT.in(environment))),
                new Webhook(
                        WEBHOOK_PORT.in(environment),
                        WEBHOOK_SERVICE.in(environment),
                        WEBHOOK_URL.ifAny(environment),
                        CLUSTER_ROLE.ifAny(environment),
                        CERTIFICATE_SECRET.in(environment),
                        Duration.ofSeconds(ADMISSION_TIMEOUT_SECONDS.in(environment)),
                        GATE_OTHER_NAMESPACES.in(environment)),
                new Leadership(LEADER_ELECTION.in(environment), LEASE_NAME.in(environment)),
                HEALTH_PORT.in(environment),
                READY_API_PORT.ifAny(environment),
                METRICS_PER_MIGRATOR.in(environment),
                new Logging(LOG_FORMAT.in(environment), LOG_LEVEL.in(environment)));
    }

    /** All settings as a Markdown table, for the reference. */
    public static String markdownTable() {
        var table = new StringBuilder("| Variable | Default | Values | Meaning |\n| --- | --- | --- | --- |\n");
        ALL.forEach(setting -> table.append(setting.row()).append('\n'));
        return table.toString();
    }

    private static Map<String, String> withHostName(Map<String, String> environment) {
        return Map.of(POD_NAME.name(), environment.getOrDefault(HOST_NAME, ""));
    }

    private static Map<String, String> quantities(String cpu, String memory) {
        var quantities = new HashMap<>(Map.of("cpu", cpu, "memory", memory));
        quantities.values().removeIf(Legal.NONE::equals);
        return Map.copyOf(quantities);
    }
}
