package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.plan.MigrationJob.Target;

/**
 * The run that starts now.
 *
 * @param candidate whose desired revision it migrates
 * @param target what it is for
 * @param itinerary what it does
 * @param approvedBy who approved that it starts, if that needed approval
 */
record NextRun(Candidate candidate, Target target, Itinerary itinerary, Optional<String> approvedBy) {

    static NextRun of(
            Migrator migrator, Candidate candidate, Itinerary itinerary, History history, Optional<String> approvedBy) {
        var down = itinerary.first().kind() == StepKind.Down;
        var target = new Target(
                MigrationJob.nextRunId(migrator, history),
                candidate.desired(),
                candidate.workload().ref(),
                itinerary.inputs(),
                Optional.ofNullable(migrator.getSpec().trigger()),
                Prospect.newer(candidate, history).filter(entry -> down).map(entry -> entry.revision()));
        return new NextRun(candidate, target, itinerary, approvedBy);
    }

    /**
     * Its first Job, on which all the rest of it stands.
     *
     * @param answers annotations that tell which requests the Job answers
     */
    Job job(Migrator migrator, Map<String, String> answers) {
        var more = new HashMap<>(answers);
        if (!itinerary.oneJob()) {
            more.put(Annotations.STEPS, itinerary.json());
        }
        approvedBy.ifPresent(by -> more.put(Annotations.APPROVED_BY, by));
        return new MigrationJob(target, 1, itinerary.first()).job(migrator, more);
    }
}
