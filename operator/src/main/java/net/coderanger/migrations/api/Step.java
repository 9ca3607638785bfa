package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step of a run before or after the migration: a Job made as the migration's is, with what stands here instead. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "has(self.image) || has(self.command) || has(self.args)",
        message = "image, command or args: one of them has to say what runs")
@ValidationRule(
        value = "!(self.name in ['migration', 'down', 'on-failure'])",
        message = "name: migration, down and on-failure are names of the operator's own steps")
public record Step(
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription(
                "Name of the step, unique among the Migrator's steps: small letters, digits and dashes.")
        String name,

        @Nullable @Size(min = 1) @JsonPropertyDescription("Image of the step's container. Default: the migration's.")
        String image,

        @Nullable @JsonPropertyDescription("Command of the step's container. Default: the image's.")
        List<String> command,

        @Nullable @JsonPropertyDescription("Arguments of the step's container.")
        List<String> args,

        @Nullable
        @JsonPropertyDescription(
                "Environment of the step's container, added to the migration's; the same name replaces.")
        List<EnvVar> env,

        @Nullable
        @Default("Never")
        @JsonPropertyDescription(
                "Whether somebody has to approve before the run goes on after this step: Never, Always, or OnExitCode (when it ends with exit code 2: done, but a person should look).")
        StepApproval approval) {

    public StepApproval approvalOrDefault() {
        return approval == null ? StepApproval.Never : approval;
    }
}
