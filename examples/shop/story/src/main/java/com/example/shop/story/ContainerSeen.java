package com.example.shop.story;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A container's status in its pod. Times are the node's, in whole seconds.
 *
 * @param now its execution that goes on, or has ended last
 * @param before the one before
 * @param message the last lines of its output, where the pod asks for them
 */
record ContainerSeen(String name, Execution now, Execution before, String message) {

    private static final String WAITER = "migrate-wait-";

    /** @param exitCode empty until it has ended */
    record Execution(Optional<Instant> started, Optional<Instant> finished, String exitCode) {

        static Execution of(Json state) {
            var running = state.at("running");
            var ended = state.at("terminated");
            return new Execution(
                    running.at("startedAt").time().or(ended.at("startedAt")::time),
                    ended.at("finishedAt").time(),
                    ended.at("exitCode").text());
        }

        boolean failed() {
            return !exitCode.isEmpty() && !exitCode.equals("0");
        }
    }

    static ContainerSeen of(Json status) {
        return new ContainerSeen(
                status.at("name").text(),
                Execution.of(status.at("state")),
                Execution.of(status.at("lastState")),
                status.at("state", "terminated", "message").text());
    }

    /** Whether a container of that name holds its pod until a migration has succeeded. */
    static boolean isWaiter(String name) {
        return name.startsWith(WAITER);
    }

    boolean isWaiter() {
        return isWaiter(name);
    }

    boolean succeeded() {
        return now.exitCode().equals("0");
    }

    /** Its executions, as far as its status still says. */
    Stream<Execution> executions() {
        return Stream.of(before, now).filter(execution -> execution.started().isPresent());
    }
}
