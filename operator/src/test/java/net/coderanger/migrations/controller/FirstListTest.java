package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The operator lists all pods of the cluster when it starts. */
@Timeout(120)
class FirstListTest {

    private @Nullable Process process;

    @AfterEach
    void leave_no_process_behind() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void the_pods_of_this_test_are_as_large_as_they_are_in_clusters() {
        assertThat(LargePod.json(1234).length()).isBetween(13_500, 14_500);
    }

    @Test
    void two_thousand_pods_are_read_in_a_heap_of_48_megabytes() throws IOException {
        try (var cluster = LargeCluster.of(2000)) {
            // When
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx48m",
                            "-XX:+UseSerialGC",
                            "-XX:+UseCompactObjectHeaders",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CacheProcess.class.getName(),
                            cluster.url())
                    .redirectErrorStream(true)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            // Then
            assertThat(output.lines()).as(output).contains("2000 pods");
        }
    }
}
