package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A branch of the Git repository that Argo CD delivers from in the testbed. */
final class ArgoCdRepository {

    static final String URL = "git://git.argocd/apps.git";

    /** A commit whose only file has the given content, on top of the branch. */
    private static final String COMMIT = """
            set -e
            cd /srv/git/apps.git
            export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.com GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.com
            file=$(echo "$2" | base64 -d | git hash-object -w --stdin)
            tree=$(printf '100644 blob %s\\tapplication.yaml\\n' "$file" | git mktree)
            parent=$(git rev-parse --quiet --verify "refs/heads/$1" || true)
            commit=$(git commit-tree "$tree" ${parent:+-p "$parent"} -m "$3")
            git update-ref "refs/heads/$1" "$commit"
            echo "$commit"
            """;

    private final KubernetesClient cluster;
    private final String branch;

    ArgoCdRepository(KubernetesClient cluster, String branch) {
        this.cluster = cluster;
        this.branch = branch;
    }

    /** Commits manifests in place of those before, and returns the commit's hash. */
    String commit(String message, String... manifests) {
        var content = String.join("---\n", manifests);
        var encoded = Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
        return exec("sh", "-c", COMMIT, "commit", branch, encoded, message).strip();
    }

    private String exec(String... command) {
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        var pod = cluster.pods()
                .inNamespace(ArgoCd.NAMESPACE)
                .withLabel("app.kubernetes.io/name", "git")
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName();
        try (var git = cluster.pods()
                .inNamespace(ArgoCd.NAMESPACE)
                .withName(pod)
                .inContainer("git")
                .writingOutput(output)
                .writingError(errors)
                .exec(command)) {
            var exitCode = git.exitCode().get(30, TimeUnit.SECONDS);
            assertThat(exitCode).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("git does not answer", e);
        }
        return output.toString(StandardCharsets.UTF_8);
    }
}
