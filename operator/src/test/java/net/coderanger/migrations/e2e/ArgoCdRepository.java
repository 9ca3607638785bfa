package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A branch of the Git repository that Argo CD delivers from in the testbed, with a work tree here. */
final class ArgoCdRepository implements AutoCloseable {

    /** As Argo CD reaches it. */
    static final String URL = "git://git.argocd/apps.git";

    private static final Map<String, String> SOMEBODY = Map.of(
            "GIT_AUTHOR_NAME", "test",
            "GIT_AUTHOR_EMAIL", "test@example.com",
            "GIT_COMMITTER_NAME", "test",
            "GIT_COMMITTER_EMAIL", "test@example.com",
            "GIT_CONFIG_GLOBAL", "/dev/null");

    private final Path files;
    private final String url;
    private final String branch;

    /** One without any commit. */
    ArgoCdRepository(KubernetesClient cluster, String branch) {
        var service =
                cluster.services().inNamespace(ArgoCd.NAMESPACE).withName("git").require();
        this.url = "git://" + service.getSpec().getClusterIP() + "/apps.git";
        this.branch = branch;
        try {
            this.files = Files.createTempDirectory("apps");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        git("init", "--quiet");
    }

    /** Writes a file in place of any that was there. */
    void write(String file, String content) {
        try {
            Files.createDirectories(files.resolve(file).getParent());
            Files.writeString(files.resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies all files of a folder in place of those that were there. */
    void copy(Path folder, String place) throws IOException {
        delete(files.resolve(place));
        try (var all = Files.walk(folder)) {
            for (var file : all.toList()) {
                var copy = files.resolve(place).resolve(folder.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    /** Commits what was written, pushes it, and returns the commit's hash. */
    String commit(String message) {
        git("add", "--all");
        git("commit", "--quiet", "--allow-empty", "--message", message);
        git("push", "--quiet", url, "HEAD:refs/heads/" + branch);
        return git("rev-parse", "HEAD").strip();
    }

    private String git(String... arguments) {
        try {
            var builder = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments))
                            .toList())
                    .directory(files.toFile())
                    .redirectErrorStream(true);
            builder.environment().putAll(SOMEBODY);
            var git = builder.start();
            var output = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (git.waitFor() != 0) {
                throw new AssertionError("git " + List.of(arguments) + " has failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while git was running", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            delete(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
