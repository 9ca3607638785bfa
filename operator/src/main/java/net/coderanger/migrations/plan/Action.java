package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import net.coderanger.migrations.api.Reason;

/** Something to be done to the cluster. Each is safe to do twice. */
public sealed interface Action {

    /** Creates a run's Job. Its name is that of the next run, whatever the run is for, so a second one is a conflict. */
    record CreateJob(Job job) implements Action {}

    /** Opens the Migrator's gate of a waiting pod. */
    record Release(Pod pod) implements Action {}

    /** What comes last: the pods are more urgent. */
    sealed interface FollowUp extends Action {}

    /** Deletes a Job whose outcome is recorded. */
    record DeleteJob(Job job) implements FollowUp {}

    /**
     * Stops a Job that has not ended: its pods are deleted first, with their grace period. Also for a Job that a user has deleted
     * in the background, for the outcome finalizer keeps its pods from being collected.
     */
    record StopJob(Job job) implements FollowUp {}

    /** Takes the outcome finalizer off a Job. */
    record LetGoOfJob(Job job) implements FollowUp {}

    /** Writes on a Job what its run is doing. */
    record StampProgress(Job job, String progress) implements FollowUp {}

    /**
     * Tells by an event on the Migrator.
     *
     * @param key what the event is about; the same reason with the same key is the same event
     */
    record Announce(Reason reason, boolean warning, String key, String message) implements FollowUp {}
}
