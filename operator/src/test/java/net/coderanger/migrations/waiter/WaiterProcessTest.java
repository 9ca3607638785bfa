package net.coderanger.migrations.waiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The waiter as a process of its own, with nothing on its class path but the operator's classes. */
@Timeout(60)
class WaiterProcessTest {

    private static final int SIGTERM_STATUS = 128 + 15;

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void leave_no_process_behind() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void ends_with_status_0_once_its_pod_is_released() throws Exception {
        var file = Files.writeString(directory.resolve("db"), "");
        var waiter = start("uid-1", "wait", file.toString(), "db", "shop:2");

        try (var lines = waiter.inputReader()) {
            assertThat(lines.readLine()).startsWith("Waiting for the database migration to shop:2 by Migrator db");
            Files.writeString(file, "uid-1");
            assertThat(lines.readLine()).startsWith("Released after ");
            assertThat(lines.readLine()).isNull();
        }
        assertThat(waiter.waitFor()).isEqualTo(WaiterMain.RELEASED);
    }

    @Test
    void ends_promptly_when_it_is_terminated() throws Exception {
        var waiter = start("uid-1", "wait", directory.resolve("absent").toString(), "db");

        try (BufferedReader lines = waiter.inputReader()) {
            assertThat(lines.readLine()).startsWith("Waiting for the database migration by Migrator db");
            waiter.destroy();
            assertThat(waiter.waitFor(5, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(waiter.exitValue()).isEqualTo(SIGTERM_STATUS);
    }

    @Test
    void ends_with_status_2_when_it_is_misconfigured() throws Exception {
        var waiter = start("", "wait", "file", "db");

        try (var lines = waiter.inputReader()) {
            assertThat(lines.readLine()).startsWith("POD_UID is not set");
        }
        assertThat(waiter.waitFor()).isEqualTo(WaiterMain.MISCONFIGURED);
    }

    private Process start(String uid, String... args) throws IOException {
        var classes = new File(WaiterMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xint",
                "-XX:+UseSerialGC",
                "-Xmx8m",
                "-cp",
                classes.getPath(),
                WaiterMain.class.getName()));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("POD_UID", uid);
        builder.environment().put("POD_NAMESPACE", "shop");
        var process = builder.start();
        processes.add(process);
        return process;
    }
}
