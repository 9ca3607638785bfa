package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** What a storage class would do for the claim {@code shop-backups}; the testbed has none. A folder on the node. */
final class BackupVolume {

    private static final String FOLDERS = "/var/lib/kubelet";

    private BackupVolume() {}

    /** Everybody may write into it. */
    static void create(TestNamespace namespace) {
        onNode(namespace, "make-folder", "mkdir -m 1777 /node/" + namespace.name());
        namespace
                .client()
                .load(new ByteArrayInputStream(
                        """
                        apiVersion: v1
                        kind: PersistentVolume
                        metadata: {name: %1$s}
                        spec:
                          accessModes: [ReadWriteOnce]
                          capacity: {storage: 10Gi}
                          persistentVolumeReclaimPolicy: Retain
                          claimRef: {namespace: %1$s, name: shop-backups}
                          hostPath: {path: %2$s/%1$s, type: Directory}
                        """.formatted(namespace.name(), FOLDERS).getBytes(StandardCharsets.UTF_8)))
                .serverSideApply();
    }

    /** Leaves nothing on the node, whatever a test has come to. */
    static void remove(TestNamespace namespace) {
        namespace
                .client()
                .resources(PersistentVolume.class)
                .withName(namespace.name())
                .delete();
        onNode(namespace, "remove-folder", "rm -rf /node/" + namespace.name());
    }

    /** What a run's dump would bring back, as SQL. */
    static String backup(TestNamespace namespace, String run) {
        namespace.apply(pod(
                "read-backup",
                "pg_restore --file=- /node/" + run + ".dump",
                "persistentVolumeClaim: {claimName: shop-backups}"));
        awaitEnd(namespace, "read-backup");
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withName("read-backup")
                .getLog();
    }

    private static void onNode(TestNamespace namespace, String pod, String script) {
        namespace.apply(pod(pod, script, "hostPath: {path: %s, type: Directory}".formatted(FOLDERS)));
        awaitEnd(namespace, pod);
    }

    private static String pod(String name, String script, String volume) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: postgres:15
                    command: [sh, -c, '%s']
                    securityContext: {runAsUser: 0}
                    volumeMounts: [{name: volume, mountPath: /node}]
                  volumes:
                  - name: volume
                    %s
                """.formatted(name, script, volume);
    }

    private static void awaitEnd(TestNamespace namespace, String pod) {
        namespace.await(() -> assertThat(namespace
                        .client()
                        .pods()
                        .inNamespace(namespace.name())
                        .withName(pod)
                        .get()
                        .getStatus()
                        .getPhase())
                .isEqualTo("Succeeded"));
    }
}
