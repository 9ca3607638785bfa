package net.coderanger.migrations.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What holds a pod until its revision is migrated. */
public enum Gate {
    @JsonPropertyDescription("An init container that waits. The pod is scheduled and its images are pulled meanwhile.")
    InitContainer,
    @JsonPropertyDescription("A scheduling gate. The pod costs nothing while it waits.")
    SchedulingGate,
    @JsonPropertyDescription("Nothing: migrations run, no pod is held back.")
    None
}
