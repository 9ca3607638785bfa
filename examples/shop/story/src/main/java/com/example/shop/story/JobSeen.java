package com.example.shop.story;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A migration's Job.
 *
 * @param run the run that it belongs to, also a label of its pods
 * @param conditions those that are true
 */
record JobSeen(String name, String uid, String run, String revision, Optional<Instant> created, List<String> conditions)
        implements Sighting {

    static JobSeen of(Json job) {
        var metadata = job.at("metadata");
        return new JobSeen(
                metadata.at("name").text(),
                metadata.at("uid").text(),
                metadata.at("labels", "migrations.coderanger.net/run").text(),
                metadata.at("annotations", "migrations.coderanger.net/revision").text(),
                metadata.at("creationTimestamp").time(),
                job.at("status", "conditions").items().stream()
                        .filter(condition -> condition.at("status").text().equals("True"))
                        .map(condition -> condition.at("type").text())
                        .toList());
    }

    boolean succeeded() {
        return conditions.contains("Complete");
    }

    boolean failed() {
        return conditions.contains("Failed");
    }
}
