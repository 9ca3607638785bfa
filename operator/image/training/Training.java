import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The operator's training run, when the image is built: leads it through its work once, from its start to a migrated pod, so
 * that the JVM notes which classes it loads. The image gets these in a cache.
 *
 * <p>Arguments: a folder with {@code keys.p12}, the objects that the cluster begins with, and the operator's command line.
 */
final class Training {

    private static final int REVIEWS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Cluster cluster;
    private final Process operator;
    private final Caller caller;

    private Training(Cluster cluster, Process operator, Caller caller) {
        this.cluster = cluster;
        this.operator = operator;
        this.caller = caller;
    }

    public static void main(String[] args) throws Exception {
        var folder = Path.of(args[0]);
        var cluster = new Cluster(Path.of(args[1]));
        var server = new ApiServer(folder.resolve("keys.p12"));
        server.serve(cluster);
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), server.kubeconfig());
        var caller = new Caller(freePort(), freePort());
        var command = new ProcessBuilder(Arrays.asList(args).subList(2, args.length)).inheritIO();
        command.environment().putAll(settings(kubeconfig, caller));
        var operator = command.start();
        try {
            new Training(cluster, operator, caller).run();
        } finally {
            operator.destroy();
            // The JVM writes its cache when it ends.
            operator.waitFor(5, TimeUnit.MINUTES);
        }
    }

    private static Map<String, String> settings(Path kubeconfig, Caller caller) {
        return Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "POD_NAME", "training",
                "POD_NAMESPACE", "migrations-operator",
                "WAITER_IMAGE", "migrations-operator",
                "CLUSTER_ROLE", "migrations-operator",
                "HEALTH_PORT", Integer.toString(caller.healthPort()),
                "WEBHOOK_PORT", Integer.toString(caller.webhookPort()));
    }

    private void run() throws IOException, GeneralSecurityException, InterruptedException {
        until("the operator is ready", () -> caller.finds("/readyz"));
        for (var path : caller.webhooksIn(cluster)) {
            for (var i = 0; i < REVIEWS; i++) {
                caller.review(path, cluster.in(Route.of("/api/v1/pods")).getFirst());
            }
        }
        until("the operator has started the migration", () -> !jobs().isEmpty());
        jobs().forEach(this::succeed);
        until("the operator has seen the end of the migration", () -> "Migrated".equals(phase()));
        until("the operator tells its metrics", () -> caller.finds("/metrics"));
    }

    private List<ObjectNode> jobs() {
        return cluster.in(Route.of("/apis/batch/v1/jobs"));
    }

    private String phase() {
        var migrators = cluster.in(Route.of("/apis/migrations.coderanger.net/v1beta1/migrators"));
        return migrators.getFirst().path("status").path("phase").asText();
    }

    private void succeed(JsonNode job) {
        var status = Cluster.JSON.createObjectNode().put("succeeded", 1);
        status.put("startTime", "2026-01-01T00:00:00Z").put("completionTime", "2026-01-01T00:00:01Z");
        status.putArray("conditions")
                .addObject()
                .put("type", "Complete")
                .put("status", "True")
                .put("lastTransitionTime", "2026-01-01T00:00:01Z");
        var metadata = job.path("metadata");
        cluster.replaceStatus(
                Route.collectionOf(job) + "/" + metadata.path("name").asText(), status);
    }

    private void until(String what, BooleanSupplier condition) throws InterruptedException {
        var end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (!operator.isAlive()) {
                throw new IllegalStateException("The operator has ended, with status " + operator.exitValue()
                        + ", before this was so: " + what);
            }
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("The training waited in vain for this: " + what);
            }
            Thread.sleep(50);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
