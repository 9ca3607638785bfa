package net.coderanger.migrations.plan;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.SafeName;
import net.coderanger.migrations.api.Step;
import net.coderanger.migrations.api.StepApproval;
import net.coderanger.migrations.api.StepCommand;
import net.coderanger.migrations.api.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * What a run does, in order. It is fixed when the run starts and travels on the run's first Job, so that neither a new template nor
 * a changed Migrator gives a run that is going on another end than it set out for.
 *
 * @param steps the steps that every run takes that goes well, at least one
 * @param onFailure what follows when the database may be changed half way
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true) // of a newer operator, which this one has taken over from
record Itinerary(List<PlannedStep> steps, @Nullable PlannedStep onFailure) {

    /** Annotations of an object may have 256 KiB in all; the rest is left for others. */
    private static final int MAX_JSON = 200 * 1024;

    static final String MIGRATION = "migration";
    static final String DOWN = "down";
    static final String ON_FAILURE = "on-failure";
    private static final int INPUTS_LENGTH = 16;

    /**
     * Goes up with every change of what Jobs are made of, be it one of a library: then the same inputs have another digest.
     * {@code ItineraryTest} tells.
     */
    private static final String FORM = "2-";

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    Itinerary {
        steps = List.copyOf(steps);
    }

    /** The way to a workload's desired revision; empty if its template lacks the selected container. */
    static Optional<Itinerary> up(Migrator migrator, Workload workload) {
        var spec = migrator.getSpec();
        var jobs = new StepJobs(migrator, workload.template());
        return jobs.migration().map(migration -> {
            var steps = new ArrayList<PlannedStep>();
            spec.beforeOrEmpty().forEach(step -> steps.add(named(StepKind.Before, step, jobs)));
            steps.add(new PlannedStep(MIGRATION, StepKind.Migration, StepApproval.Never, migration));
            spec.afterOrEmpty().forEach(step -> steps.add(named(StepKind.After, step, jobs)));
            return new Itinerary(steps, onFailure(spec.onFailure(), jobs));
        });
    }

    /**
     * The way back to a workload's desired revision.
     *
     * @param newerImage the image that knows what to take back
     */
    static Optional<Itinerary> down(Migrator migrator, Workload workload, String newerImage) {
        var spec = migrator.getSpec();
        var jobs = new StepJobs(migrator, workload.template());
        var down = spec.down();
        if (down == null || jobs.migration().isEmpty()) {
            return Optional.empty();
        }
        var command = new StepCommand(
                down.image() == null ? newerImage : down.image(), down.command(), down.args(), down.env());
        var step = new PlannedStep(DOWN, StepKind.Down, StepApproval.Never, jobs.of(command, StepApproval.Never));
        return Optional.of(new Itinerary(List.of(step), onFailure(spec.onFailure(), jobs)));
    }

    private static PlannedStep named(StepKind kind, Step step, StepJobs jobs) {
        var command = new StepCommand(step.image(), step.command(), step.args(), step.env());
        return new PlannedStep(step.name(), kind, step.approvalOrDefault(), jobs.of(command, step.approvalOrDefault()));
    }

    private static @Nullable PlannedStep onFailure(@Nullable StepCommand command, StepJobs jobs) {
        return command == null
                ? null
                : new PlannedStep(
                        ON_FAILURE, StepKind.OnFailure, StepApproval.Never, jobs.of(command, StepApproval.Never));
    }

    /** Digest of all of it, after the number of the form: the same inputs make the same run. */
    String inputs() {
        return FORM + SafeName.digest(json(), INPUTS_LENGTH);
    }

    /**
     * Whether inputs, as {@link #inputs} gave them, are other ones. Those of another form cannot be compared: that an operator was
     * upgraded is no reason to start a failed run again.
     */
    boolean differsFrom(String inputs) {
        return inputs.startsWith(FORM) && !inputs.equals(inputs());
    }

    PlannedStep first() {
        return steps.getFirst();
    }

    /** Whether the run is one Job that says itself all that is to be known of it. */
    boolean oneJob() {
        return steps.size() == 1 && onFailure == null;
    }

    /** Whether it does not fit on a Job. */
    boolean tooLarge() {
        return !oneJob() && json().length() > MAX_JSON;
    }

    Optional<PlannedStep> following(PlannedStep step) {
        var next = number(step);
        return next == 0 || next >= steps.size() ? Optional.empty() : Optional.of(steps.get(next));
    }

    /** The step's place, from 1; 0 for {@code onFailure}. */
    int number(PlannedStep step) {
        return steps.stream().map(PlannedStep::name).toList().indexOf(step.name()) + 1;
    }

    Optional<PlannedStep> named(String name) {
        return Stream.concat(steps.stream(), Optional.ofNullable(onFailure).stream())
                .filter(step -> step.name().equals(name))
                .findFirst();
    }

    /** The image that migrates. */
    String image() {
        return steps.stream()
                .filter(step -> step.kind() == StepKind.Migration || step.kind() == StepKind.Down)
                .findFirst()
                .orElse(first())
                .image();
    }

    String json() {
        try {
            return CANONICAL.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Job specs that came from JSON must become JSON again", e);
        }
    }

    /** What {@link #json} wrote; empty if somebody has changed it so that it cannot be read. */
    static Optional<Itinerary> parse(String json) {
        try {
            return Optional.of(CANONICAL.readValue(json, Itinerary.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
