package net.coderanger.migrations.e2e;

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
