package net.coderanger.migrations.plan;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import net.coderanger.migrations.api.StepApproval;
import net.coderanger.migrations.api.StepKind;

/**
 * A step as it is fixed when its run starts.
 *
 * @param name its name, unique in the run
 * @param kind what it is for
 * @param approval whether the run waits for a person after it
 * @param job the spec of its Job, without what tells one run from another
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
record PlannedStep(String name, StepKind kind, StepApproval approval, JobSpec job) {

    String image() {
        return job.getTemplate().getSpec().getContainers().getFirst().getImage();
    }
}
