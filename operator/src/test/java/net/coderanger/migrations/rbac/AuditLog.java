package net.coderanger.migrations.rbac;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The part of the testbed's audit log that is written from now on. */
public final class AuditLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final long start;

    private AuditLog(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    public static AuditLog fromNow() throws IOException {
        var file = Path.of(Objects.requireNonNull(
                System.getenv("TESTBED_AUDIT_LOG"), "TESTBED_AUDIT_LOG is not set: eval \"$(testbed/env)\""));
        return new AuditLog(file, Files.size(file));
    }

    /** What a user has asked so far. */
    public List<AuditedRequest> requests(String user) {
        return text().lines()
                .map(AuditLog::parsed)
                .filter(request -> request.user().equals(user))
                .toList();
    }

    private static AuditedRequest parsed(String line) {
        try {
            return AuditedRequest.of(JSON.readTree(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole lines: the API server may be writing the next. */
    private String text() {
        try (var bytes = Files.newInputStream(file)) {
            bytes.skipNBytes(start);
            var text = new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
