package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.HistoryEntry;
import net.coderanger.migrations.api.Labels;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.api.Outcome;
import net.coderanger.migrations.api.SafeName;
import net.coderanger.migrations.api.StepApproval;
import net.coderanger.migrations.api.StepKind;
import net.coderanger.migrations.plan.Course.Ended;
import org.jspecify.annotations.Nullable;

/**
 * A Job of a run. It carries all that its history entry will need, so that a run is never known by status alone.
 *
 * @param target what its run is for
 * @param number its place among the Jobs of its run, from 1
 * @param step what it does
 */
record MigrationJob(Target target, int number, PlannedStep step) {

    /**
     * What a run is for.
     *
     * @param id the run's id
     * @param revision the revision that the database is brought to
     * @param workload whose template it was made from, as kind/name
     * @param inputs digest of all that the run is made from
     * @param trigger the value of {@code spec.trigger} that the run answers
     * @param rolledBackFrom for a run of {@code spec.down}, the newer revision
     */
    record Target(
            String id,
            String revision,
            String workload,
            String inputs,
            Optional<String> trigger,
            Optional<String> rolledBackFrom) {}

    private static final int RUN_ID_LENGTH = 10;

    /** A dash, and a number that never has more digits. */
    private static final int NUMBER_LENGTH = 5;

    /**
     * The id of the run that follows a history. It depends on nothing else, so whoever starts the next run, knowing whatever of
     * pods and templates, makes a Job of the same name, and only one of them can be created.
     */
    static String nextRunId(Migrator migrator, History history) {
        return id(migrator, history.newestRun(), "");
    }

    /**
     * The id of a history entry without a run. It is not the next run's, which may have been started by another leader, and does
     * not change that.
     */
    static String idWithoutRun(Migrator migrator, History history) {
        return id(migrator, history.newest(), "/without-run");
    }

    private static String id(Migrator migrator, Optional<HistoryEntry> before, String suffix) {
        return SafeName.digest(
                migrator.getMetadata().getUid() + "/"
                        + before.map(HistoryEntry::id).orElse("") + suffix,
                RUN_ID_LENGTH);
    }

    /** What the names of all of the Migrator's Jobs begin with. */
    static String namePrefix(Migrator migrator) {
        return SafeName.label(migrator.getMetadata().getName(), SafeName.MAX - 1 - RUN_ID_LENGTH - NUMBER_LENGTH) + "-";
    }

    /** A Job's name depends on the history and on how many Jobs its run has had before, for the same reason as the run's id. */
    static String jobName(Migrator migrator, String runId, int number) {
        return namePrefix(migrator) + runId + (number == 1 ? "" : "-" + number);
    }

    /**
     * The Job itself.
     *
     * @param more annotations beside those that every Job has
     */
    Job job(Migrator migrator, Map<String, String> more) {
        var metadata = migrator.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(metadata.getNamespace())
                .withName(jobName(migrator, target.id(), number))
                .withLabels(OwnLabels.ofJob(metadata, target.id()))
                .addToLabels(Labels.STEP, step.name())
                .withAnnotations(annotations())
                .addToAnnotations(more)
                .withFinalizers(Gates.OUTCOME_FINALIZER)
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(migrator.getApiVersion())
                        .withKind(migrator.getKind())
                        .withName(metadata.getName())
                        .withUid(metadata.getUid())
                        .withController(true)
                        .withBlockOwnerDeletion(false)
                        .build())
                .endMetadata()
                .withSpec(new JobSpecBuilder(step.job())
                        .withSelector(null)
                        .withTemplate(template(step.job().getTemplate()))
                        .build())
                .build();
    }

    /**
     * A Job that runs nothing. It takes the name that the run's next Job would have, so that no leader who has not heard of the
     * run's end can start one more step.
     *
     * @param more annotations beside those that every Job has
     */
    Job ending(Ended end, Migrator migrator, Map<String, String> more) {
        return new JobBuilder(job(migrator, more))
                .editMetadata()
                .addToAnnotations(Annotations.OUTCOME, end.outcome().name())
                .addToAnnotations(Annotations.OUTCOME_MESSAGE, end.message().orElse(""))
                .endMetadata()
                .editSpec()
                .withSuspend(true)
                .withParallelism(0) // even if a queue, for which it carries the Migrator's labels, lets it go on
                .endSpec()
                .build();
    }

    /** How a run ends whose newest Job is such a one. */
    static Optional<Ended> end(SeenJob last) {
        var annotations = Run.annotations(last);
        return Optional.ofNullable(annotations.get(Annotations.OUTCOME))
                .map(outcome -> new Ended(
                        Stream.of(Outcome.values())
                                .filter(known -> known.name().equals(outcome))
                                .findFirst()
                                .orElse(Outcome.Failed),
                        Optional.ofNullable(annotations.get(Annotations.OUTCOME_MESSAGE))
                                .filter(message -> !message.isEmpty())));
    }

    private Map<String, String> annotations() {
        var annotations = new HashMap<>(Map.of(
                Annotations.REVISION, target.revision(),
                Annotations.WORKLOAD, target.workload(),
                Annotations.INPUTS, target.inputs(),
                Annotations.NUMBER, String.valueOf(number),
                Annotations.STEP_KIND, step.kind().name()));
        target.rolledBackFrom().ifPresent(newer -> annotations.put(Annotations.ROLLED_BACK_FROM, newer));
        target.trigger().ifPresent(trigger -> annotations.put(Annotations.TRIGGER, trigger));
        return annotations;
    }

    private PodTemplateSpec template(PodTemplateSpec template) {
        var migrations = template.getSpec().getContainers().getFirst();
        return new PodTemplateSpecBuilder(template)
                .editMetadata()
                .withLabels(withoutControllers(template.getMetadata().getLabels()))
                .addToLabels(Map.of(Labels.RUN, target.id(), Labels.STEP, step.name()))
                .endMetadata()
                .editSpec()
                .setToContainers(0, told(migrations))
                .endSpec()
                .build();
    }

    /** A template that comes from another Job has its labels. */
    private static Map<String, String> withoutControllers(@Nullable Map<String, String> labels) {
        var own = new HashMap<>(SeenPod.orEmpty(labels));
        own.keySet()
                .removeIf(key -> key.startsWith("batch.kubernetes.io/")
                        || List.of("controller-uid", "job-name").contains(key));
        return own;
    }

    /** The container with what its command may want to know; before all other variables, so that these can refer to it. */
    private Container told(Container container) {
        var told = Stream.of(
                        Stream.of(variable("MIGRATIONS_RUN", target.id())),
                        Stream.of(variable("MIGRATIONS_REVISION", target.revision())),
                        target.rolledBackFrom().stream().map(from -> variable("MIGRATIONS_FROM_REVISION", from)))
                .flatMap(variables -> variables)
                .toList();
        var names = told.stream().map(EnvVar::getName).toList();
        var own = SeenPod.orEmpty(container.getEnv()).stream().filter(variable -> !names.contains(variable.getName()));
        return new ContainerBuilder(container)
                .withEnv(Stream.concat(told.stream(), own).toList())
                .build();
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    /** The step of a Job that is there: as it was planned, or as the Job alone tells it. */
    static PlannedStep step(Job job, Optional<PlannedStep> planned) {
        return planned.orElseGet(() -> new PlannedStep(
                SeenPod.orEmpty(job.getMetadata().getLabels()).getOrDefault(Labels.STEP, "migration"),
                kind(job),
                StepApproval.Never,
                job.getSpec()));
    }

    private static StepKind kind(Job job) {
        var kind = SeenPod.orEmpty(job.getMetadata().getAnnotations()).get(Annotations.STEP_KIND);
        return Stream.of(StepKind.values())
                .filter(known -> known.name().equals(kind))
                .findFirst()
                .orElse(StepKind.Migration);
    }
}
