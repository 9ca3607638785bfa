package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Condition;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.Migrator;

/** What is seen, and what is planned for it; each step gives a new one. */
record Seen(Migrator migrator, List<SeenPod> pods, List<SeenJob> jobs, List<Pod> leftBehind, Instant now) {

    static Seen of(Migrator migrator) {
        return new Seen(migrator, List.of(), List.of(), List.of(), Migrators.T0);
    }

    Seen pods(Pods... more) {
        return new Seen(
                migrator,
                Stream.concat(pods.stream(), Arrays.stream(more).map(Pods::seen))
                        .toList(),
                jobs,
                leftBehind,
                now);
    }

    Seen jobs(Jobs... more) {
        return new Seen(
                migrator,
                pods,
                Stream.concat(jobs.stream(), Arrays.stream(more).map(Jobs::seen))
                        .toList(),
                leftBehind,
                now);
    }

    /** With the pods of a Job, but without that. */
    Seen leftBehind(Jobs without) {
        return new Seen(migrator, pods, jobs, without.pods(), now);
    }

    Seen at(Instant time) {
        return new Seen(migrator, pods, jobs, leftBehind, time);
    }

    /** The same with what the last plan has written. */
    Seen afterwards() {
        return new Seen(Migrators.with(migrator, plan().status()), pods, jobs, leftBehind, now);
    }

    Observation observation() {
        return new Observation(migrator, pods, jobs, leftBehind, now);
    }

    Plan plan() {
        return Planner.plan(observation());
    }

    Situation situation() {
        return new Situation(observation(), History.of(migrator.getStatus()));
    }

    static Condition condition(Plan plan, ConditionType type) {
        return plan.status().conditions().stream()
                .filter(condition -> condition.type().equals(type.name()))
                .findFirst()
                .orElseThrow();
    }

    static String message(Plan plan) {
        return condition(plan, ConditionType.Ready).message();
    }

    static <T extends Action> List<T> actions(Plan plan, Class<T> kind) {
        return Stream.concat(plan.releases().stream(), plan.then().stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
