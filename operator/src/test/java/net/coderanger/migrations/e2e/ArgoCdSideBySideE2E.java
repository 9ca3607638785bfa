package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same application delivered by Argo CD with hooks and with a Migrator: what {@code examples/argo-cd/README.md} says of them. */
@EndToEnd
@Tag("argocd")
class ArgoCdSideBySideE2E {

    private static final Path EXAMPLE = Path.of("..", "examples", "argo-cd");
    private static final Duration A_WHILE = Duration.ofSeconds(4);

    @AfterEach
    void noVolume(TestNamespace namespace) {
        BackupVolume.remove(namespace);
    }

    @Test
    void with_hooks(TestNamespace namespace) {
        // Given
        var shop = platform(namespace);
        try (var application = ArgoCdApplication.manual(namespace, example("hooks", "v1"))) {

            // When: the first install, with the Secret in the same Application
            application.sync();

            // Then: the hook waits for what is to be delivered after it
            namespace.await(
                    () -> assertThat(problem(namespace, "shop-migration")).isEqualTo("CreateContainerConfigError"));
            namespace.stays(
                    A_WHILE, () -> assertThat(application.now().operation()).isEqualTo("Running"));
            assertThat(namespace.recorder().applications(Shop.V1)).isEmpty();

            // When: somebody helps by hand
            namespace.apply(read(EXAMPLE.resolve("hooks").resolve("settings.yaml")));
            application.await(application.head(), "Healthy");
            deliver(application, "hooks", "v2");
            application.await(application.head(), "Healthy");

            // Then
            assertThat(shop.columns("products")).contains("currency");
            assertThat(hooks(namespace, Shop.V2)).isEqualTo(1);

            // When: a sync in which nothing has changed
            application.sync();

            // Then: the backup is overwritten, and the migration runs again
            namespace.await(() -> assertThat(hooks(namespace, Shop.V2)).isEqualTo(2));
            application.await(application.head(), "Healthy");

            // When
            deliver(application, "hooks", "v3");

            // Then: the sync fails, and the Application is healthy
            namespace.await(() -> assertThat(application.now())
                    .returns("Failed", ArgoCdApplication.Seen::operation)
                    .returns("OutOfSync", ArgoCdApplication.Seen::sync)
                    .returns("Healthy", ArgoCdApplication.Seen::health));
            assertThat(serving(namespace, Shop.V3)).isZero();

            // When
            deliver(application, "hooks", "v2");
            application.await(application.head(), "Healthy");

            // Then
            assertThat(hooks(namespace, Shop.V2))
                    .as("the way back migrates, too")
                    .isEqualTo(3);
        }
    }

    @Test
    void with_a_migrator(TestNamespace namespace) {
        // Given
        var shop = platform(namespace);
        try (var application = ArgoCdApplication.manual(namespace, example("migrator", "v1"))) {

            // When: the first install, with the Secret in the same Application
            application.sync();

            // Then
            application.await(application.head(), "Healthy");
            assertThat(steps(namespace, Shop.V1)).isEqualTo(2);

            // When
            deliver(application, "migrator", "v2");
            application.await(application.head(), "Healthy");

            // Then
            assertThat(shop.columns("products")).contains("currency");
            assertThat(steps(namespace, Shop.V2)).isEqualTo(2);

            // When: a sync in which nothing has changed
            application.sync();

            // Then
            namespace.stays(A_WHILE, () -> assertThat(steps(namespace, Shop.V2)).isEqualTo(2));
            application.await(application.head(), "Healthy");

            // When
            deliver(application, "migrator", "v3");

            // Then: the Application says so
            application.await(application.head(), "Degraded");
            namespace.await(() -> assertThat(application.now().message()).contains(Shop.V3, "ERROR"));
            assertThat(serving(namespace, Shop.V3)).isZero();

            // When
            deliver(application, "migrator", "v2");
            application.await(application.head(), "Healthy");

            // Then
            assertThat(steps(namespace, Shop.V2))
                    .as("the way back runs no migration")
                    .isEqualTo(2);
        }
    }

    private static Shop platform(TestNamespace namespace) {
        BackupVolume.create(namespace);
        namespace.apply(read(EXAMPLE.resolve("platform").resolve("backups.yaml")));
        return Shop.in(namespace);
    }

    private static void deliver(ArgoCdApplication application, String way, String version) {
        application.commit(version, example(way, version));
        application.sync();
    }

    private static String[] example(String way, String version) {
        try (var files = Files.list(EXAMPLE.resolve(way))) {
            return files.sorted()
                    .map(file -> read(file).replace("shop:v1", "shop:" + version))
                    .toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often a step of the Migrator was started that has the application's image: the migration, and the verification. */
    private static int steps(TestNamespace namespace, String image) {
        return namespace.recorder().migrations(image).size();
    }

    /** How often the hook that migrates was started. */
    private static long hooks(TestNamespace namespace, String image) {
        return started(namespace, image, "migration");
    }

    private static long serving(TestNamespace namespace, String image) {
        return started(namespace, image, "shop");
    }

    private static long started(TestNamespace namespace, String image, String container) {
        return namespace.recorder().applications(image).stream()
                .filter(start -> start.container().equals(container))
                .count();
    }

    /** Why a Job's container does not start. */
    private static String problem(TestNamespace namespace, String job) {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withLabel("batch.kubernetes.io/job-name", job)
                .list()
                .getItems()
                .stream()
                .flatMap(ArgoCdSideBySideE2E::statuses)
                .filter(status -> status.getState().getWaiting() != null)
                .map(status -> status.getState().getWaiting().getReason())
                .findFirst()
                .orElse("");
    }

    private static Stream<ContainerStatus> statuses(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream();
    }
}
