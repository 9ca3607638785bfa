package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.coderanger.migrations.api.ConditionType;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.Phase;
import net.coderanger.migrations.api.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where does a Migrator stand? */
class PlannerTest {

    private static final Workload WEB = Workloads.deployment("web", "shop:v1");
    private static final Workload WORKER = Workloads.deployment("worker", "api:v1");
    private static final String READY = "True False False";
    private static final String AT_WORK = "False True False";
    private static final String STALLED = "False False True";
    private static final String NEITHER = "False False False";

    static Stream<Arguments> states() {
        var migrator = Migrators.shop();
        var migrated = after(Migrators.entry("a", "shop:v1", Outcome.Succeeded));
        var other = Map.of("app", "other");
        var planned = Migrators.shop("before: [{name: plan, command: [plan], approval: Always}]");
        return Stream.of(
                argumentSet("no pod (B13)", Seen.of(migrator), Phase.NothingToMigrate, Reason.NothingToMigrate, READY),
                argumentSet(
                        "every revision migrated",
                        Seen.of(migrated).pods(web()),
                        Phase.Migrated,
                        Reason.MigrationsUpToDate,
                        READY),
                argumentSet(
                        "one is due, none runs",
                        Seen.of(migrator).pods(web().waiting()),
                        Phase.Running,
                        Reason.MigrationsRunning,
                        AT_WORK),
                argumentSet(
                        "its Job goes on",
                        Seen.of(migrator)
                                .pods(web().waiting())
                                .jobs(Jobs.of(migrator, WEB).running()),
                        Phase.Running,
                        Reason.MigrationsRunning,
                        AT_WORK),
                argumentSet(
                        "its Job's pod cannot start",
                        Seen.of(migrator)
                                .pods(web().waiting())
                                .jobs(Jobs.of(migrator, WEB)
                                        .pod(
                                                "phase: Pending",
                                                "containerStatuses:",
                                                "- {name: migrations, state: {waiting: {reason: ErrImagePull}}}")),
                        Phase.Running,
                        Reason.MigrationPodNotStarting,
                        AT_WORK),
                argumentSet(
                        "its Job is replaced",
                        Seen.of(Migrators.shop("onNewRevision: Replace"))
                                .pods(Pods.of("api-1", WORKER).waiting())
                                .jobs(Jobs.of(migrator, WEB).running()),
                        Phase.Running,
                        Reason.StaleJob,
                        AT_WORK),
                argumentSet(
                        "one has ended, the next is due",
                        Seen.of(migrator)
                                .pods(web().waiting(), Pods.of("api-1", WORKER).waiting())
                                .jobs(Jobs.of(migrator, WEB).succeeded()),
                        Phase.Pending,
                        Reason.MigrationsPending,
                        AT_WORK),
                argumentSet(
                        "it waits for approval",
                        Seen.of(Migrators.shop("approval: Required")).pods(web().waiting()),
                        Phase.AwaitingApproval,
                        Reason.AwaitingApproval,
                        NEITHER),
                argumentSet(
                        "a step waits for approval",
                        Seen.of(planned)
                                .pods(web().waiting())
                                .jobs(Jobs.of(planned, WEB).succeeded()),
                        Phase.AwaitingApproval,
                        Reason.AwaitingApproval,
                        NEITHER),
                argumentSet(
                        "a failed step is tried again",
                        Seen.of(Migrators.shop("retry: {limit: 1}"))
                                .pods(web().waiting())
                                .jobs(Jobs.of(migrator, WEB).failed()),
                        Phase.Running,
                        Reason.MigrationsRetrying,
                        AT_WORK),
                argumentSet(
                        "a workload may not go back",
                        Seen.of(Migrators.with(
                                        Migrators.shop("onRollback: Block"),
                                        new History(
                                                List.of(
                                                        Migrators.entry("2", "shop:v2", Outcome.Succeeded),
                                                        Migrators.entry("1", "shop:v1", Outcome.Succeeded)),
                                                "shop:v2")))
                                .pods(web().waiting()),
                        Phase.Blocked,
                        Reason.RollbackBlocked,
                        STALLED),
                argumentSet(
                        "no pod of a template",
                        Seen.of(Migrators.shop("templateSelector: {matchLabels: {role: web}}"))
                                .pods(web().waiting()),
                        Phase.Pending,
                        Reason.TemplateNotFound,
                        AT_WORK),
                argumentSet(
                        "the run has failed",
                        Seen.of(migrator)
                                .pods(web().waiting())
                                .jobs(Jobs.of(migrator, WEB).failed()),
                        Phase.Failed,
                        Reason.MigrationsFailed,
                        STALLED),
                argumentSet(
                        "a further run of a migrated revision has failed",
                        Seen.of(after(
                                        Migrators.entry("b", "shop:v1", Outcome.Failed),
                                        Migrators.entry("a", "shop:v1", Outcome.Succeeded)))
                                .pods(web()),
                        Phase.Failed,
                        Reason.MigrationsFailed,
                        STALLED),
                argumentSet(
                        "the selector is invalid",
                        Seen.of(Migrators.shop("selector: {matchExpressions: [{key: app, operator: Is}]}")),
                        Phase.Invalid,
                        Reason.InvalidSelector,
                        STALLED),
                argumentSet(
                        "the template selector is invalid",
                        Seen.of(Migrators.shop("templateSelector: {matchExpressions: [{key: app, operator: In}]}"))
                                .pods(web().waiting()),
                        Phase.Invalid,
                        Reason.InvalidSelector,
                        STALLED),
                argumentSet(
                        "pods wait that the selector does not match",
                        Seen.of(migrator).pods(web().labelled(other).waiting()),
                        Phase.Invalid,
                        Reason.TemplateNotFound,
                        STALLED),
                argumentSet(
                        "no template has the container",
                        Seen.of(Migrators.shop("container: django")).pods(web().waiting()),
                        Phase.Invalid,
                        Reason.ContainerNotFound,
                        STALLED),
                argumentSet(
                        "suspended",
                        Seen.of(Migrators.shop("suspend: true")).pods(web().waiting()),
                        Phase.Suspended,
                        Reason.Suspended,
                        NEITHER));
    }

    @ParameterizedTest
    @MethodSource("states")
    void a_phase_has_its_reason_and_its_conditions(Seen seen, Phase phase, Reason reason, String kstatus) {
        // When
        var plan = seen.plan();
        // Then
        assertThat(plan.status().phase()).isEqualTo(phase);
        assertThat(Stream.of(ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled)
                        .map(type -> Seen.condition(plan, type).status()))
                .containsExactly(kstatus.split(" "));
        assertThat(Seen.condition(plan, ConditionType.MigrationsReady).status())
                .isEqualTo(Seen.condition(plan, ConditionType.Ready).status());
        assertThat(plan.status().conditions())
                .filteredOn(condition -> !condition.type().equals("UngatedPods"))
                .allMatch(condition -> condition.reason().equals(reason.name()))
                .allMatch(condition -> !condition.message().isBlank());
    }

    @Test
    void every_phase_is_in_the_table() {
        assertThat(states().map(state -> state.get()[1])).contains((Object[]) Phase.values());
    }

    @Test
    void a_refused_job_is_pending_with_the_api_servers_reason() {
        // Given
        var seen = Seen.of(Migrators.shop()).pods(web().waiting());
        // When
        var plan = Planner.refused(seen.observation(), "exceeded quota: jobs");
        // Then
        assertThat(plan.status().phase()).isEqualTo(Phase.Pending);
        assertThat(Seen.condition(plan, ConditionType.Ready).reason()).isEqualTo("CreateError");
        assertThat(Seen.message(plan)).contains("exceeded quota: jobs", "1 pod waits for shop:v1");
        assertThat(plan.start()).isEmpty();
        assertThat(plan.lookAgainIn()).isPresent();
    }

    @Test
    void a_refusal_is_told_by_an_event_once() {
        // Given
        var seen = Seen.of(Migrators.shop()).pods(web().waiting());
        var first = Planner.refused(seen.observation(), "exceeded quota: jobs");
        var later = Seen.of(Migrators.with(Migrators.shop(), first.status())).pods(web().waiting());
        // When
        var second = Planner.refused(later.observation(), "exceeded quota: jobs");
        // Then
        assertThat(Seen.actions(first, Action.Announce.class))
                .extracting(Action.Announce::reason)
                .containsExactly(Reason.CreateError);
        assertThat(second.then()).isEmpty();
        assertThat(second.status()).isEqualTo(first.status());
    }

    @DisplayName("P2-b: a refused Job does not keep pods of a migrated revision waiting")
    @Test
    void pods_that_may_start_are_released_though_a_job_is_refused() {
        // Given
        var seen = Seen.of(after(Migrators.entry("a", "shop:v1", Outcome.Succeeded)))
                .pods(web().waiting(), Pods.of("api-1", WORKER).waiting());
        // When
        var plan = Planner.refused(seen.observation(), "exceeded quota: jobs");
        // Then
        assertThat(Seen.actions(plan, Action.Release.class))
                .extracting(release -> release.pod().getMetadata().getName())
                .containsExactly("web-1");
        assertThat(Seen.message(plan)).contains("1 pod waits for api:v1");
        assertThat(plan.status().waitingPods())
                .as("a release counts when it is seen")
                .isEqualTo(2);
    }

    private static Pods web() {
        return Pods.of("web-1", WEB);
    }

    private static Migrator after(HistoryEntry... entries) {
        return Migrators.with(Migrators.shop(), new History(List.of(entries), null));
    }
}
