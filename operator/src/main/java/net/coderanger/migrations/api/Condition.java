package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A condition as Kubernetes defines it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
        @Required @JsonPropertyDescription("Ready, Reconciling, Stalled, MigrationsReady or UngatedPods.")
        String type,

        @Required @JsonPropertyDescription("True, False or Unknown.")
        String status,

        @Required @JsonPropertyDescription("Why, in one word.")
        String reason,

        @JsonPropertyDescription("Why, for people; says what to do when something has to be done.")
        String message,

        @Nullable @JsonPropertyDescription("The generation of the Migrator that this was found for.")
        Long observedGeneration,

        @Required @JsonPropertyDescription("When the status changed last.")
        String lastTransitionTime) {}
