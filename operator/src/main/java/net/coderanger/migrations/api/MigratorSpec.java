package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the user asks for. Absent fields are null here, as on the wire; the accessors named {@code …OrDefault} fill them in. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.job) || !has(self.job.keepContainers) || !has(self.container) || !(self.container in"
                + " self.job.keepContainers)",
        message = "job.keepContainers: must not name the container that migrates; it is in the Job anyway")
@ValidationRule(
        value = "!has(self.onRollback) || self.onRollback != 'Down' || has(self.down)",
        message = "down: is needed by onRollback: Down")
@ValidationRule(
        value = "!has(self.before) || self.before.all(b, self.before.exists_one(o, o.name == b.name))",
        message = "before: each step needs a name of its own")
@ValidationRule(
        value = "!has(self.after) || self.after.all(a, self.after.exists_one(o, o.name == a.name))",
        message = "after: each step needs a name of its own")
@ValidationRule(
        value =
                "!has(self.before) || !has(self.after) || !self.before.exists(b, self.after.exists(a, a.name == b.name))",
        message = "before, after: each step needs a name of its own")
public record MigratorSpec(
        @Required
        @JsonPropertyDescription(
                "Pods of this namespace that must not start before their revision is migrated. Empty selects all pods of the namespace.")
        LabelSelector selector,

        @Nullable
        @JsonPropertyDescription(
                "Of the selected pods, those whose workload's template the migration may be made from. Default: all of them.")
        LabelSelector templateSelector,

        @Nullable
        @Size(min = 1)
        @JsonPropertyDescription(
                "Name of the template's container that the migration is made from, and whose image is the revision. Default: the first.")
        String container,

        @Nullable
        @Size(min = 1)
        @JsonPropertyDescription(
                "Image of the migration container. Default: the template's. The revision stays the template's.")
        String image,

        @Nullable @JsonPropertyDescription("Command of the migration container. Default: the template's.")
        List<String> command,

        @Nullable @JsonPropertyDescription("Arguments of the migration container. Default: the template's.")
        List<String> args,

        @Nullable
        @JsonPropertyDescription(
                "Labels of the Job's pod. The template's labels are not copied: Services must not route to it.")
        Map<String, String> labels,

        @Nullable @JsonPropertyDescription("Annotations of the Job's pod.")
        Map<String, String> annotations,

        @Nullable
        @Default("InitContainer")
        @JsonPropertyDescription(
                "What holds a pod back: InitContainer (scheduled, images pulled, waits in an init container), SchedulingGate (costs nothing while it waits), None (migrations run, nobody is held back).")
        Gate gate,

        @Nullable @JsonPropertyDescription("How the migration's Job differs from the workload's pod template.")
        JobOverrides job,

        @Nullable
        @Size(max = 20)
        @JsonPropertyDescription(
                "Steps that run before the migration, one after the other: a plan, a lint, a backup. If one fails, the migration does not start.")
        List<Step> before,

        @Nullable
        @Size(max = 20)
        @JsonPropertyDescription(
                "Steps that run after the migration: verification. Pods start when all have succeeded.")
        List<Step> after,

        @Nullable
        @JsonPropertyDescription(
                "Runs once when the migration, down or a step of after has failed and is not tried again, be it that another version takes its place: restores a backup, releases a lock. Not when a step of before has failed, for then nothing is changed, and not when a run that is going on is stopped: by cancel, or by onNewRevision: Replace.")
        StepCommand onFailure,

        @Nullable
        @JsonPropertyDescription(
                "With onRollback: Down, what takes the database back: runs in the image of the newer revision, with MIGRATIONS_FROM_REVISION and MIGRATIONS_REVISION set.")
        StepCommand down,

        @Nullable
        @Default("Automatic")
        @JsonPropertyDescription(
                "Automatic, or Required: a run starts only after somebody with the right to approve has said so, by the annotation approve or by approvedRevision.")
        Approval approval,

        @Nullable
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription(
                "With approval: Required, the revision whose run is approved, for teams that approve by merging a change of this manifest.")
        String approvedRevision,

        @Nullable @JsonPropertyDescription("How often a step is tried again after its Job has failed.")
        Retry retry,

        @Nullable
        @Size(max = 253)
        @JsonPropertyDescription(
                "Any text. A new value runs the current revision's migration again, whether it has succeeded or failed before.")
        String trigger,

        @Nullable
        @Size(max = 253)
        @JsonPropertyDescription(
                "Any text, a new one with each delivery of the manifests: a release's number, an image's tag. Changes nothing else than the Migrator's generation. So whoever waits for the delivery (helm --wait, Flux) takes no status of the one before for the new one's.")
        String delivery,

        @Nullable
        @Default("false")
        @JsonPropertyDescription("Start nothing new. A run that is going on ends as it would.")
        Boolean suspend,

        @Nullable
        @Default("Queue")
        @JsonPropertyDescription(
                "When another revision has to be migrated while a run is going on: Queue (the run ends first) or Replace (it is stopped).")
        OnNewRevision onNewRevision,

        @Nullable
        @Default("Skip")
        @JsonPropertyDescription(
                "When a workload goes back to a revision that is migrated already: Skip (pods start at once), Run (its migration runs again first), Down (spec.down runs first, in the image of the newer revision) or Block (pods do not start).")
        OnRollback onRollback,

        @Nullable
        @Default("10")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "How many runs status.history keeps. A revision that a live pod still uses is kept in any case.")
        Integer historyLimit,

        @Nullable
        @Default("OnFailure")
        @JsonPropertyDescription(
                "Which finished Jobs stay, for their logs: OnFailure, Always, Never. Each stays until the next run at most.")
        Retention retention) {

    public static final int DEFAULT_HISTORY_LIMIT = 10;

    public Gate gateOrDefault() {
        return gate == null ? Gate.InitContainer : gate;
    }

    public List<Step> beforeOrEmpty() {
        return before == null ? List.of() : before;
    }

    public List<Step> afterOrEmpty() {
        return after == null ? List.of() : after;
    }

    public boolean approvalRequired() {
        return approval == Approval.Required;
    }

    public Retry retryOrDefault() {
        return retry == null ? Retry.NONE : retry;
    }

    public JobOverrides jobOrDefault() {
        return job == null ? JobOverrides.NONE : job;
    }

    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    public OnNewRevision onNewRevisionOrDefault() {
        return onNewRevision == null ? OnNewRevision.Queue : onNewRevision;
    }

    public OnRollback onRollbackOrDefault() {
        return onRollback == null ? OnRollback.Skip : onRollback;
    }

    public int historyLimitOrDefault() {
        return historyLimit == null ? DEFAULT_HISTORY_LIMIT : historyLimit;
    }

    public Retention retentionOrDefault() {
        return retention == null ? Retention.OnFailure : retention;
    }

    public Optional<String> triggerIfAny() {
        return Optional.ofNullable(trigger).filter(value -> !value.isEmpty());
    }
}
