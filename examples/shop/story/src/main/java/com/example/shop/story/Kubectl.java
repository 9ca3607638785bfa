package com.example.shop.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * kubectl, as the PATH finds it.
 *
 * @param errors file that its complaints are added to
 */
record Kubectl(String namespace, Path errors) {

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /** Feeds what a command prints, record by record, until it ends. */
    void follow(String endOfRecord, Consumer<String> records, String... arguments) throws IOException {
        var process = start(arguments);
        try (var scanner = new Scanner(process.getInputStream(), StandardCharsets.UTF_8)) {
            scanner.useDelimiter(endOfRecord);
            while (scanner.hasNext()) {
                records.accept(scanner.next());
            }
        } finally {
            process.destroy();
        }
    }

    /** Follows in a thread of its own, and again whenever the command ends, as long as that is wanted. */
    Thread keepFollowing(BooleanSupplier wanted, String endOfRecord, Consumer<String> records, String... arguments) {
        return Thread.ofVirtual().start(() -> {
            while (wanted.getAsBoolean()) {
                try {
                    follow(endOfRecord, records, arguments);
                    Thread.sleep(BETWEEN_TRIES);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    /** What a command prints. */
    String output(String... arguments) throws IOException, InterruptedException {
        var process = start(arguments);
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("kubectl " + String.join(" ", arguments) + " has failed: see " + errors);
        }
        return output;
    }

    private Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("kubectl", "--namespace", namespace));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
    }
}
