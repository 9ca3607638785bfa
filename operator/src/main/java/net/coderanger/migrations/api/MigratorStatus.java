package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator has found. Lists are never null. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MigratorStatus(
        @Nullable @JsonPropertyDescription("The generation of the spec that this status describes.")
        Long observedGeneration,

        @Nullable @JsonPropertyDescription("Where the Migrator stands, in one word.")
        Phase phase,

        @Nullable
        @JsonPropertyDescription(
                "The revision that is being migrated, or has to be next, or else the newest that is migrated and in use.")
        String desiredRevision,

        @Nullable @JsonPropertyDescription("The image of the last successful migration.")
        String lastSuccessfulMigration,

        @Nullable @JsonPropertyDescription("The run that is going on.")
        RunStatus run,

        @Nullable @JsonPropertyDescription("What a person has to decide before it goes on.")
        PendingApproval pendingApproval,

        @JsonPropertyDescription("Of each control annotation the newest value that was answered.")
        List<HandledRequest> handledRequests,

        @JsonPropertyDescription("Runs that have ended, newest first.")
        List<HistoryEntry> history,

        @Nullable @JsonPropertyDescription("How many pods this Migrator holds back now.")
        Integer waitingPods,

        @Nullable @JsonPropertyDescription("How many pods run, or will, although their revision is not migrated.")
        Integer ungatedPods,

        @JsonPropertyDescription(
                "Ready, Reconciling and Stalled as kstatus defines them; MigrationsReady with the reasons of the original operator; UngatedPods while containers of a revision that is not migrated run all the same.")
        List<Condition> conditions) {

    public static final MigratorStatus EMPTY =
            new MigratorStatus(null, null, null, null, null, null, List.of(), List.of(), null, null, List.of());

    public MigratorStatus {
        handledRequests = handledRequests == null ? List.of() : List.copyOf(handledRequests);
        history = history == null ? List.of() : List.copyOf(history);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
