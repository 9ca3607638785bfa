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
        @JsonPropertyDescription(
                "Any text. A new value runs the current revision's migration again, whether it has succeeded or failed before.")
        String trigger,

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
                "When a workload goes back to a revision that is migrated already: Skip (pods start at once) or Run (its migration runs again first).")
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
