package com.example.shop.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SightingTest {

    private static final String POD = """
            {"metadata": {"name": "shop-1", "uid": "u1", "labels": {"app": "shop"}, "creationTimestamp": "2026-11-21T08:00:00Z"},
             "spec": {"containers": [{"name": "shop", "image": "shop:v2"}],
                      "initContainers": [{"name": "migrate-wait-shop"}, {"name": "own"}]},
             "status": {
               "conditions": [{"type": "Ready", "status": "True"}],
               "initContainerStatuses": [
                 {"name": "migrate-wait-shop", "state": {"terminated": {"exitCode": 0, "startedAt": "2026-11-21T08:00:01Z", "finishedAt": "2026-11-21T08:00:11Z"}}},
                 {"name": "own", "state": {"terminated": {"exitCode": 0, "startedAt": "2026-11-21T08:00:11Z", "finishedAt": "2026-11-21T08:00:11Z"}}}],
               "containerStatuses": [
                 {"name": "shop", "state": {"running": {"startedAt": "2026-11-21T08:00:30Z"}},
                  "lastState": {"terminated": {"exitCode": 1, "startedAt": "2026-11-21T08:00:12Z", "finishedAt": "2026-11-21T08:00:13Z"}}}]}}
            """;

    @Test
    void a_pod_is_read_as_kubectl_shows_it() {
        var pod = (PodSeen) Sighting.parse(Sighting.Source.POD, POD);

        assertThat(pod.name()).isEqualTo("shop-1");
        assertThat(pod.image()).isEqualTo("shop:v2");
        assertThat(pod.ready()).isTrue();
        assertThat(pod.ending()).isFalse();
        assertThat(pod.held()).isFalse();
        assertThat(pod.application().map(ContainerSeen::name)).containsExactly("shop");
        assertThat(pod.application()
                        .flatMap(ContainerSeen::executions)
                        .map(execution -> execution.started().orElseThrow()))
                .containsExactly(Instant.parse("2026-11-21T08:00:12Z"), Instant.parse("2026-11-21T08:00:30Z"));
        assertThat(pod.timeToStart().orElseThrow()).hasSeconds(12);
    }

    @Test
    void a_pod_is_held_until_every_waiter_has_succeeded() {
        assertThat(pod(POD.replace("{\"exitCode\": 0", "{\"exitCode\": 1")).held())
                .isTrue();
        assertThat(pod(POD.substring(0, POD.indexOf(" \"status\"")) + "\"status\": {}}")
                        .held())
                .isTrue();
        assertThat(pod(POD.replace("\"migrate-wait-shop\"", "\"other\"")).held())
                .isFalse();
        assertThat(pod(POD.replace(
                                "\"spec\": {",
                                "\"spec\": {\"schedulingGates\": [{\"name\": \"migrations.coderanger.net/shop\"}],"))
                        .held())
                .isTrue();
        assertThat(pod(POD.replace(
                                "\"spec\": {", "\"spec\": {\"schedulingGates\": [{\"name\": \"example.com/quota\"}],"))
                        .held())
                .isFalse();
    }

    @Test
    void a_job_is_read_as_kubectl_shows_it() {
        var job = (JobSeen) Sighting.parse(Sighting.Source.JOB, """
                {"metadata": {"name": "shop-1", "uid": "u", "creationTimestamp": "2026-11-21T08:00:00Z",
                   "labels": {"migrations.coderanger.net/run": "r1"}, "annotations": {"migrations.coderanger.net/revision": "shop:v3"}},
                 "status": {"conditions": [{"type": "FailureTarget", "status": "True"}, {"type": "Failed", "status": "True"},
                   {"type": "Complete", "status": "False"}]}}
                """);

        assertThat(job.run()).isEqualTo("r1");
        assertThat(job.revision()).isEqualTo("shop:v3");
        assertThat(job.failed()).isTrue();
        assertThat(job.succeeded()).isFalse();
    }

    @Test
    void a_migrator_is_read_as_kubectl_shows_it() {
        var migrator = Sighting.parse(Sighting.Source.MIGRATOR, """
                {"metadata": {"name": "shop"}, "status": {"phase": "Failed",
                   "conditions": [{"type": "Stalled", "message": "no"}, {"type": "Ready", "message": "it failed"}],
                   "history": [{"revision": "shop:v3", "outcome": "Failed", "message": "ERROR: x"}]}}
                """);

        assertThat(migrator)
                .isEqualTo(new MigratorSeen(
                        "shop", "Failed", "it failed", List.of(new MigratorSeen.Run("shop:v3", "Failed", "ERROR: x"))));
    }

    @Test
    void a_migrator_that_nobody_has_looked_at_has_no_status() {
        assertThat(Sighting.parse(Sighting.Source.MIGRATOR, "{\"metadata\": {\"name\": \"shop\"}}"))
                .isEqualTo(new MigratorSeen("shop", "", "", List.of()));
    }

    private static PodSeen pod(String json) {
        return PodSeen.of(Json.parse(json));
    }
}
