package net.coderanger.migrations.waiter;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Waits until a file holds this pod's UID. Another UID does not count: it stands in an annotation that was copied with a
 * template or restored from a backup.
 *
 * <p>No lambda, no {@code +} on strings, no formatter here: each of them costs the JVM some 10 ms when it is first used.
 */
final class Waiter {

    /**
     * The kubelet shows a new annotation by swapping a symbolic link. Watching for that needs a thread and an inotify instance
     * of the node's few; looking costs some 20 µs.
     */
    static final long POLL_MILLIS = 100;

    static final long REMINDER_MILLIS = 5 * 60 * 1000L;

    private static final int LONGER_THAN_ANY_UID = 256;
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private final Awaited awaited;
    private final Pod pod;
    private final Time time;
    private final PrintStream out;
    private String lastOddity = "";

    Waiter(Awaited awaited, Pod pod, Time time, PrintStream out) {
        this.awaited = awaited;
        this.pod = pod;
        this.time = time;
        this.out = out;
    }

    /** Returns when the pod is released. */
    void await() throws InterruptedException {
        var start = time.millis();
        var reminder = start + REMINDER_MILLIS;
        say("Waiting for "
                .concat(migration())
                .concat(". To see where it stands: ")
                .concat(command()));
        while (!released()) {
            time.sleep(POLL_MILLIS);
            if (time.millis() >= reminder) {
                say("Still waiting after "
                        .concat(words(time.millis() - start))
                        .concat(" for ")
                        .concat(migration())
                        .concat(". To see why: ")
                        .concat(command()));
                reminder += REMINDER_MILLIS;
            }
        }
        say("Released after "
                .concat(words(time.millis() - start))
                .concat(" by ")
                .concat(migrator())
                .concat("."));
    }

    private boolean released() {
        var uid = content();
        if (uid.isEmpty()) {
            return false;
        }
        if (uid.equals(pod.uid())) {
            return true;
        }
        sayOnce("The pod's release annotation names the pod with UID "
                .concat(uid)
                .concat(", which is not this one (")
                .concat(pod.uid())
                .concat("): it was copied, and does not count."));
        return false;
    }

    private String content() {
        try (var file = new FileInputStream(awaited.file())) {
            return new String(file.readNBytes(LONGER_THAN_ANY_UID), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            sayOnce("The pod's release annotation cannot be read: "
                    .concat(String.valueOf(e.getMessage()))
                    .concat(". Trying on."));
            return "";
        }
    }

    private String migration() {
        var what = awaited.revision().isEmpty()
                ? "the database migration"
                : "the database migration to ".concat(awaited.revision());
        return what.concat(" by ").concat(migrator());
    }

    private String migrator() {
        var name = "Migrator ".concat(awaited.migrator());
        return pod.namespace().isEmpty() ? name : name.concat(" of namespace ").concat(pod.namespace());
    }

    private String command() {
        var namespace = pod.namespace().isEmpty() ? "" : " -n ".concat(pod.namespace());
        return "kubectl".concat(namespace).concat(" get migrator ").concat(awaited.migrator());
    }

    /** What stays as it is is not worth a line ten times a second. */
    private void sayOnce(String oddity) {
        if (!oddity.equals(lastOddity)) {
            lastOddity = oddity;
            say(oddity);
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    static String words(long millis) {
        if (millis < MINUTE) {
            return Long.toString(millis / SECOND).concat(" s");
        }
        if (millis < HOUR) {
            return Long.toString(millis / MINUTE)
                    .concat(" min ")
                    .concat(Long.toString(millis % MINUTE / SECOND))
                    .concat(" s");
        }
        return Long.toString(millis / HOUR)
                .concat(" h ")
                .concat(Long.toString(millis % HOUR / MINUTE))
                .concat(" min");
    }
}
