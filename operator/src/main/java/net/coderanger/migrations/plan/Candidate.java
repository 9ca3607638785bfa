package net.coderanger.migrations.plan;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A workload that a migration may be made from.
 *
 * @param workload the workload
 * @param desired the revision of its current template
 * @param waitingSince when the oldest of its pods that waits for that revision was created; empty if none waits
 */
record Candidate(Workload workload, String desired, Optional<Instant> waitingSince) {

    /** The one whose pod waits longest first; the name decides where time does not, so that a plan does not depend on list order. */
    static final Comparator<Candidate> LONGEST_WAITING_FIRST = Comparator.<Candidate, Instant>comparing(
                    candidate -> candidate.waitingSince().orElse(Instant.MAX))
            .thenComparing(candidate -> candidate.workload().ref());
}
