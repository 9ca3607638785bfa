package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Manifests as users write them. The images are all one busybox under several names. */
final class Manifests {

    private Manifests() {}

    /** A Deployment whose pods carry the label app with its name. */
    static String deployment(String name, String image, int replicas) {
        return deployment(name, image, replicas, "{}");
    }

    /**
     * A Deployment.
     *
     * @param annotations of its pod template, as a YAML flow mapping
     */
    static String deployment(String name, String image, int replicas, String annotations) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s}
                spec:
                  replicas: %3$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata:
                      labels: {app: %1$s}
                      annotations: %4$s
                    spec:
                %5$s
                """.formatted(name, image, replicas, annotations, podSpec(image).indent(6));
    }

    /** A Deployment whose pods the Migrator of its name holds back with no webhook at all: the gate is in the template. */
    static String gatedByHand(String name, String image, int replicas) {
        return deployment(name, image, replicas)
                .replace(
                        "      terminationGracePeriodSeconds",
                        "      schedulingGates: [{name: migrations.coderanger.net/" + name
                                + "}]\n      terminationGracePeriodSeconds");
    }

    /** A pod that serves until it is stopped. */
    static String podSpec(String image) {
        return """
                terminationGracePeriodSeconds: 1
                containers:
                - name: main
                  image: %s
                  command: [sh, -c, 'trap "exit 0" TERM; echo serving; sleep 100000 & wait']
                """.formatted(image);
    }

    /** A StatefulSet or DaemonSet with one pod that carries the label app with its name. */
    static String controller(String kind, String name, String image) {
        return """
                apiVersion: apps/v1
                kind: %1$s
                metadata: {name: %2$s}
                spec:
                  selector: {matchLabels: {app: %2$s}}
                  %3$s
                  template:
                    metadata: {labels: {app: %2$s}}
                    spec:
                %4$s
                """.formatted(
                        kind,
                        name,
                        kind.equals("StatefulSet") ? "serviceName: " + name : "",
                        podSpec(image).indent(6));
    }

    static String pod(String name, String image) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %1$s, labels: {app: %1$s}}
                spec:
                  hostname: fixed
                %2$s
                """.formatted(name, podSpec(image).indent(2));
    }

    /** A CronJob that never runs by itself. */
    static String cronJob(String name, String image) {
        return """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: %s}
                spec:
                  schedule: "0 0 1 1 *"
                  suspend: true
                  jobTemplate:
                    spec:
                %s
                """.formatted(name, report(name, image).indent(6));
    }

    /** What the controller of CronJobs would make of one. */
    static String jobOf(HasMetadata cronJob, String image) {
        return """
                apiVersion: batch/v1
                kind: Job
                %s
                spec:
                %s
                """.formatted(
                ownedBy(cronJob), report(cronJob.getMetadata().getName(), image).indent(2));
    }

    private static String report(String app, String image) {
        return """
                template:
                  metadata: {labels: {app: %s}}
                  spec:
                    restartPolicy: Never
                    containers: [{name: main, image: "%s", command: ["true"]}]
                """.formatted(app, image);
    }

    /** What the controller of another kind would make of a workload that has one pod. */
    static String replicaSetOf(HasMetadata workload, String image) {
        return """
                apiVersion: apps/v1
                kind: ReplicaSet
                %s
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: %s}}
                %s
                """.formatted(
                        ownedBy(workload),
                        workload.getMetadata().getName(),
                        template(workload.getMetadata().getName(), image).indent(2));
    }

    /** The field template of a workload, whose pods serve and carry a label app. */
    static String template(String app, String image) {
        return """
                template:
                  metadata: {labels: {app: %s}}
                  spec:
                %s
                """.formatted(app, podSpec(image).indent(4));
    }

    private static String ownedBy(HasMetadata owner) {
        return "metadata: {name: %1$s-1, ownerReferences: [{apiVersion: %2$s, kind: %3$s, name: %1$s, uid: %4$s, controller: true}]}"
                .formatted(
                        owner.getMetadata().getName(),
                        owner.getApiVersion(),
                        owner.getKind(),
                        owner.getMetadata().getUid());
    }

    /** A Migrator for the pods of one application, whose migration is a shell script. */
    static String migrator(String name, String app, String script) {
        return migrator(name, app, script, "");
    }

    /**
     * A Migrator.
     *
     * @param more further fields of the spec, YAML
     */
    static String migrator(String name, String app, String script, String more) {
        return """
                apiVersion: migrations.coderanger.net/v1beta1
                kind: Migrator
                metadata: {name: %s}
                spec:
                  selector: {matchLabels: {app: %s}}
                  command: [sh, -c, %s]
                %s
                """.formatted(name, app, quoted(script), more.indent(2));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
