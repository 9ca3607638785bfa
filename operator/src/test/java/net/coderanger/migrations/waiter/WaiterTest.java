package net.coderanger.migrations.waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaiterTest {

    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final Pod POD = new Pod("uid-1", "shop");
    private static final String OPENING =
            "Waiting for the database migration to shop:2 by Migrator db of namespace shop. To see where it stands: kubectl -n shop get migrator db";

    @TempDir
    private Path directory;

    private Path file;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(output, false, StandardCharsets.UTF_8);

    @BeforeEach
    void empty_file() {
        file = directory.resolve("db");
        write("");
    }

    @Test
    void a_pod_that_was_released_already_passes_at_once() throws Exception {
        write("uid-1");

        assertThat(run(new FakeTime(1))).isEqualTo(WaiterMain.RELEASED);
        assertThat(lines()).containsExactly(OPENING, "Released after 0 s by Migrator db of namespace shop.");
    }

    @Test
    void a_release_ends_the_waiting_within_a_tenth_of_a_second() throws Exception {
        var time = new FakeTime(HOUR).at(7 * SECOND, () -> write("uid-1\n"));

        assertThat(run(time)).isEqualTo(WaiterMain.RELEASED);
        assertThat(time.millis()).isEqualTo(7 * SECOND);
        assertThat(lines()).containsExactly(OPENING, "Released after 7 s by Migrator db of namespace shop.");
    }

    @Test
    void the_file_may_be_swapped_by_symbolic_links_as_the_kubelet_does() throws Exception {
        Files.delete(file);
        var data = directory.resolve("..data");
        var first = version("1", "");
        var second = version("2", "uid-1");
        Files.createSymbolicLink(data, first);
        Files.createSymbolicLink(file, Path.of("..data", "db"));
        var time = new FakeTime(HOUR).at(SECOND, () -> swap(data, second));

        assertThat(run(time)).isEqualTo(WaiterMain.RELEASED);
        assertThat(time.millis()).isEqualTo(SECOND);
    }

    @Test
    void an_annotation_of_another_pod_does_not_count_and_is_mentioned_once() throws Exception {
        var time = new FakeTime(HOUR).at(SECOND, () -> write("uid-0")).at(MINUTE, () -> write("uid-1"));

        assertThat(run(time)).isEqualTo(WaiterMain.RELEASED);
        assertThat(lines())
                .containsExactly(
                        OPENING,
                        "The pod's release annotation names the pod with UID uid-0, which is not this one (uid-1): it was copied, and does not count.",
                        "Released after 1 min 0 s by Migrator db of namespace shop.");
    }

    @Test
    void a_missing_file_keeps_the_pod_waiting_and_is_mentioned_once() throws Exception {
        Files.delete(file);
        var time = new FakeTime(HOUR).at(MINUTE, () -> write("uid-1"));

        assertThat(run(time)).isEqualTo(WaiterMain.RELEASED);
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(1))
                .startsWith("The pod's release annotation cannot be read: " + file)
                .endsWith("Trying on.");
    }

    @Test
    void a_long_wait_is_mentioned_every_five_minutes() {
        assertThatThrownBy(() -> run(new FakeTime(11 * MINUTE))).isInstanceOf(InterruptedException.class);

        assertThat(lines())
                .containsExactly(
                        OPENING,
                        "Still waiting after 5 min 0 s for the database migration to shop:2 by Migrator db of namespace shop. To see why: kubectl -n shop get migrator db",
                        "Still waiting after 10 min 0 s for the database migration to shop:2 by Migrator db of namespace shop. To see why: kubectl -n shop get migrator db");
    }

    @Test
    void an_unknown_revision_and_namespace_are_left_out() throws Exception {
        write("uid-1");

        var status = WaiterMain.run(
                new String[] {"wait", file.toString(), "db"}, new Pod("uid-1", ""), new FakeTime(1), out);

        assertThat(status).isEqualTo(WaiterMain.RELEASED);
        assertThat(lines())
                .containsExactly(
                        "Waiting for the database migration by Migrator db. To see where it stands: kubectl get migrator db",
                        "Released after 0 s by Migrator db.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | uid | no command is given",
                "tcp host:1        | uid | there is no command \"tcp\"",
                "wait              | uid | the command wait takes two or three arguments, not 0",
                "wait /file        | uid | the command wait takes two or three arguments, not 1",
                "wait /file db r x | uid | the command wait takes two or three arguments, not 4",
                "wait /file db r   | ''  | POD_UID is not set",
            })
    void a_misconfigured_waiter_says_what_is_wrong(String arguments, String uid, String message) throws Exception {
        var args = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);

        assertThat(WaiterMain.run(args, new Pod(uid, "shop"), new FakeTime(1), out))
                .isEqualTo(WaiterMain.MISCONFIGURED);
        assertThat(lines())
                .containsExactly(message + "; usage: wait FILE MIGRATOR [REVISION], with the pod's UID in POD_UID");
    }

    @ParameterizedTest
    @CsvSource({
        "999,0 s",
        "59999,59 s",
        "60000,1 min 0 s",
        "3599999,59 min 59 s",
        "3600000,1 h 0 min",
        "90061000,25 h 1 min"
    })
    void durations_in_words(long millis, String words) {
        assertThat(Waiter.words(millis)).isEqualTo(words);
    }

    private int run(Time time) throws InterruptedException {
        return WaiterMain.run(new String[] {"wait", file.toString(), "db", "shop:2"}, POD, time, out);
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void write(String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path version(String name, String content) throws IOException {
        var version = Files.createDirectory(directory.resolve("..version" + name));
        Files.writeString(version.resolve("db"), content);
        return version.getFileName();
    }

    private void swap(Path data, Path version) {
        try {
            var next = Files.createSymbolicLink(directory.resolve("..data_tmp"), version);
            Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
