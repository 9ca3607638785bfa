package net.coderanger.migrations.e2e;

import static net.coderanger.migrations.e2e.Manifests.deployment;
import static net.coderanger.migrations.e2e.Manifests.migrator;
import static net.coderanger.migrations.e2e.TestNamespace.UNTIL_TOLD;

import net.coderanger.migrations.api.Gate;

/**
 * How pods are held: by the operator, or by hand in the same way. By hand they are released as soon as the Job is seen complete,
 * which shows what the kubelet needs by itself.
 */
enum FiguresGate {
    INIT_CONTAINER_BY_HAND(Gate.InitContainer, false, """
                  initContainers:
                  - name: hold
                    image: busybox
                    command: [sh, -c, 'until [ -s /hold/released ]; do sleep 0.1; done']
                    volumeMounts: [{name: hold, mountPath: /hold}]
                  volumes:
                  - name: hold
                    downwardAPI: {items: [{path: released, fieldRef: {fieldPath: "metadata.annotations['released.example.com/by-hand']"}}]}
            """),
    INIT_CONTAINER(Gate.InitContainer, true, ""),
    SCHEDULING_GATE_BY_HAND(Gate.SchedulingGate, false, """
                  schedulingGates: [{name: example.com/by-hand}]
            """),
    SCHEDULING_GATE(Gate.SchedulingGate, true, "");

    static final String MIGRATOR = "web";

    private final Gate kind;
    private final boolean byOperator;
    private final String inPodSpec;

    FiguresGate(Gate kind, boolean byOperator, String inPodSpec) {
        this.kind = kind;
        this.byOperator = byOperator;
        this.inPodSpec = inPodSpec;
    }

    Gate kind() {
        return kind;
    }

    boolean byOperator() {
        return byOperator;
    }

    boolean hasWaiter() {
        return byOperator && kind == Gate.InitContainer;
    }

    /** Opens a gate that was made by hand. */
    String patch() {
        return switch (kind) {
            case SchedulingGate -> """
                {"spec": {"schedulingGates": [{"$patch": "delete", "name": "example.com/by-hand"}]}}""";
            case InitContainer, None -> """
                {"metadata": {"annotations": {"released.example.com/by-hand": "yes"}}}""";
        };
    }

    String migratorManifest() {
        return migrator(MIGRATOR, "web", UNTIL_TOLD, "gate: " + kind);
    }

    /** A Job like the operator's. */
    String jobManifest(String revision) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata:
                  name: by-hand-%1$s
                  annotations: {migrations.coderanger.net/revision: %1$s}
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: main, image: "app:v1", command: [sh, -c, "%2$s"]}]
                """.formatted(revision, UNTIL_TOLD);
    }

    /** All pods of the revision before end first, so that as many pods wait as there are replicas. */
    String deploymentManifest(String revision, int replicas) {
        return deployment("web", "app:v1", replicas, "{migrations.coderanger.net/revision: " + revision + "}")
                .replace("  replicas:", "  strategy: {type: Recreate}\n  replicas:")
                .replace("      containers:", inPodSpec.indent(0) + "      containers:");
    }
}
