package com.example.shop.story;

import java.util.List;

/**
 * A Migrator's status.
 *
 * @param message of its condition Ready
 * @param history its runs, newest first
 */
record MigratorSeen(String name, String phase, String message, List<Run> history) implements Sighting {

    /** A run that has ended. */
    record Run(String revision, String outcome, String message) {}

    static MigratorSeen of(Json migrator) {
        var status = migrator.at("status");
        return new MigratorSeen(
                migrator.at("metadata", "name").text(),
                status.at("phase").text(),
                status.at("conditions").items().stream()
                        .filter(condition -> condition.at("type").text().equals("Ready"))
                        .map(condition -> condition.at("message").text())
                        .findFirst()
                        .orElse(""),
                status.at("history").items().stream()
                        .map(run -> new Run(
                                run.at("revision").text(),
                                run.at("outcome").text(),
                                run.at("message").text()))
                        .toList());
    }
}
