package net.coderanger.migrations.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the node's own files say of its processes. Empty where the node is not this machine. */
final class FiguresNode {

    private static final Path PROCESSES = Path.of("/proc");
    private static final double KIB_PER_MIB = 1024;

    /**
     * Memory of a process in MiB.
     *
     * @param resident all that it has in memory, also what it shares with others
     * @param proportional the same, with what is shared divided by the number of those that share it
     * @param anonymous what is its own and no file's
     */
    record Memory(double resident, double proportional, double anonymous) {}

    private FiguresNode() {}

    /** The load average of the last minute. */
    static String load() {
        return read(PROCESSES.resolve("loadavg")).replaceFirst(" (?s:.*)", "");
    }

    /** The process of a pod whose command line contains a text. Pods are told apart by the cgroup that the kubelet gives them. */
    static Optional<Path> process(String podUid, String commandLine) {
        try (var all = Files.list(PROCESSES)) {
            return all.filter(process -> read(process.resolve("cgroup")).contains("pod" + podUid))
                    .filter(process -> read(process.resolve("cmdline")).contains(commandLine))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // no Linux
        }
    }

    static Memory memory(Path process) {
        var text = read(process.resolve("smaps_rollup"));
        return new Memory(mebibytes(text, "Rss"), mebibytes(text, "Pss"), mebibytes(text, "Anonymous"));
    }

    /** Empty when the file or its process is gone. */
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static double mebibytes(String text, String field) {
        return text.lines()
                        .filter(line -> line.startsWith(field + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + field + " in: " + text))
                / KIB_PER_MIB;
    }
}
