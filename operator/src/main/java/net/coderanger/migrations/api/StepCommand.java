package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a step that needs no name runs. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "has(self.image) || has(self.command) || has(self.args)",
        message = "image, command or args: one of them has to say what runs")
public record StepCommand(
        @Nullable @Size(min = 1) @JsonPropertyDescription("Image of the step's container. Default: the migration's.")
        String image,

        @Nullable @JsonPropertyDescription("Command of the step's container.")
        List<String> command,

        @Nullable @JsonPropertyDescription("Arguments of the step's container.")
        List<String> args,

        @Nullable
        @JsonPropertyDescription(
                "Environment of the step's container, added to the migration's; the same name replaces.")
        List<EnvVar> env) {}
