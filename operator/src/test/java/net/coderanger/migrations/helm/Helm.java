package net.coderanger.migrations.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The Helms that the charts have to work with, as real processes. Both have to be in {@code PATH}: {@code eval "$(testbed/env)"}. */
public enum Helm {
    HELM_4("helm"),
    HELM_3("helm3");

    /** What a command has printed, and how it has ended. */
    public record Result(int exitCode, String output, String errors) {

        /** What it has printed, if it has succeeded. */
        public String succeeded() {
            if (exitCode != 0) {
                throw new AssertionError("helm has failed with " + exitCode + ": " + errors + output);
            }
            return output;
        }
    }

    /** Of this run alone: Helm 4 keeps an archive's signature by the archive's digest, also when it was signed anew since. */
    private static final Path CACHE = cache();

    private final String program;

    Helm(String program) {
        this.program = program;
    }

    /** Runs a command and waits for its end. */
    public Result run(String... arguments) {
        try {
            var errors = Files.createTempFile("helm", ".err");
            try {
                var command = Stream.concat(Stream.of(program), Arrays.stream(arguments))
                        .toList();
                var builder = new ProcessBuilder(command).redirectError(errors.toFile());
                builder.environment().put("HELM_CACHE_HOME", CACHE.toString());
                var process = builder.start();
                process.getOutputStream().close();
                var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Result(process.waitFor(), output, Files.readString(errors));
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while Helm was running", e);
        }
    }

    /** What a chart renders. */
    List<Manifest> template(String release, Path chart, String... options) {
        var arguments = Stream.concat(
                Stream.of("template", release, chart.toString(), "--namespace", "apps"), Arrays.stream(options));
        return Manifest.all(run(arguments.toArray(String[]::new)).succeeded());
    }

    private static Path cache() {
        try {
            return Files.createTempDirectory(Path.of("target"), "helm-cache").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
