package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts the waiter again, by its own command, in the container of one that waits: from the process's start to its first line. */
final class FiguresWaiterStart {

    private static final double NANOS_PER_MILLI = 1e6;

    private final List<String> command;

    /**
     * The waiter as a pod has it.
     *
     * @param process a waiter that waits
     */
    FiguresWaiterStart(Path process, Container waiter) {
        command = Stream.of(
                        List.of("nsenter", "--target", process.getFileName().toString()),
                        List.of("--mount", "--pid", "--root", "--setuid", "65532", "--setgid", "65532"),
                        waiter.getCommand(),
                        waiter.getArgs())
                .flatMap(List::stream)
                .toList();
    }

    /** In milliseconds. */
    FiguresSamples starts(int count) throws IOException, InterruptedException {
        start();
        var times = new ArrayList<Double>();
        for (var index = 0; index < count; index++) {
            times.add(start());
        }
        return FiguresSamples.of(times);
    }

    private double start() throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("POD_UID", "none");
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        var start = System.nanoTime();
        var process = builder.start();
        try (var out = process.inputReader()) {
            var line = out.readLine();
            var took = (System.nanoTime() - start) / NANOS_PER_MILLI;
            if (line == null || !line.startsWith("Waiting for")) {
                throw new AssertionError("the waiter says: " + line);
            }
            return took;
        } finally {
            // nsenter has forked into the container's processes: the waiter is its child
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        }
    }
}
