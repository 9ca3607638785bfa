package com.example.shop.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceTest {

    @Test
    void the_book_is_read_back_with_every_start_that_was_ever_seen(@TempDir Path folder) throws Exception {
        var book = folder.resolve("book");
        Files.write(
                book,
                List.of(
                        "1000 CUE ACT one",
                        "2000 CUE MARK rollback",
                        "3000 POD " + pod("2026-11-21T08:00:01Z"),
                        "4000 POD " + pod("2026-11-21T08:00:09Z"),
                        "5000 VISITS visits=10 failed=0 versions=v1",
                        "6000 VISITS failed: status 500",
                        "7000 VISITS visits=20 failed=1 versions=v1",
                        "8000 MIGRATOR {\"metadata\": {\"name\": \"shop\"}, \"status\": {\"phase\": \"Migrated\"}}",
                        "9000 JOB {\"metadata\": {\"name\": \"j\", \"uid\": \"j\", \"annotations\":"
                                + " {\"migrations.coderanger.net/revision\": \"shop:v1\"}}}"));

        var evidence = Evidence.of(book, List.of(), List.of(), List.of());

        assertThat(evidence.marks()).containsEntry("rollback", Instant.ofEpochMilli(2000));
        assertThat(evidence.podsOf("v1"))
                .singleElement()
                .satisfies(pod -> assertThat(evidence.startsOf(pod))
                        .containsExactly(Instant.parse("2026-11-21T08:00:01Z"), Instant.parse("2026-11-21T08:00:09Z")));
        assertThat(evidence.jobsOf("v1")).hasSize(1);
        assertThat(evidence.visits().orElseThrow().failed()).isEqualTo(1);
        assertThat(evidence.migrator().orElseThrow().phase()).isEqualTo("Migrated");
    }

    private static String pod(String started) {
        return "{\"metadata\": {\"name\": \"a\", \"uid\": \"a\", \"labels\": {\"app\": \"shop\"}},"
                + " \"spec\": {\"containers\": [{\"image\": \"shop:v1\"}]}, \"status\": {\"containerStatuses\":"
                + " [{\"name\": \"shop\", \"state\": {\"running\": {\"startedAt\": \"" + started + "\"}}}]}}";
    }
}
