package net.coderanger.migrations.waiter;

import java.io.PrintStream;

/**
 * {@code wait FILE MIGRATOR [REVISION]}: holds a pod until FILE holds the pod's UID. Reads {@code POD_UID}, which is required,
 * and {@code POD_NAMESPACE}. SIGTERM ends it at once.
 */
public final class WaiterMain {

    static final int RELEASED = 0;
    static final int MISCONFIGURED = 2;

    private static final String USAGE = "usage: wait FILE MIGRATOR [REVISION], with the pod's UID in POD_UID";
    private static final int LEAST_ARGUMENTS = 3;
    private static final int MOST_ARGUMENTS = 4;

    private WaiterMain() {}

    public static void main(String[] args) throws InterruptedException {
        var pod = new Pod(variable("POD_UID"), variable("POD_NAMESPACE"));
        System.exit(run(args, pod, new SystemTime(), System.out));
    }

    /** Returns the exit status. */
    static int run(String[] args, Pod pod, Time time, PrintStream out) throws InterruptedException {
        var trouble = trouble(args, pod);
        if (!trouble.isEmpty()) {
            out.println(trouble.concat("; ").concat(USAGE));
            out.flush();
            return MISCONFIGURED;
        }
        var revision = args.length == MOST_ARGUMENTS ? args[MOST_ARGUMENTS - 1] : "";
        new Waiter(new Awaited(args[1], args[2], revision), pod, time, out).await();
        return RELEASED;
    }

    private static String trouble(String[] args, Pod pod) {
        if (args.length == 0 || !args[0].equals("wait")) {
            return args.length == 0
                    ? "no command is given"
                    : "there is no command \"".concat(args[0]).concat("\"");
        }
        if (args.length < LEAST_ARGUMENTS || args.length > MOST_ARGUMENTS) {
            return "the command wait takes two or three arguments, not ".concat(Integer.toString(args.length - 1));
        }
        if (args[1].isBlank() || args[2].isBlank()) {
            return "FILE or MIGRATOR is empty";
        }
        return pod.uid().isEmpty() ? "POD_UID is not set" : "";
    }

    private static String variable(String name) {
        var value = System.getenv(name);
        return value == null ? "" : value.strip();
    }
}
