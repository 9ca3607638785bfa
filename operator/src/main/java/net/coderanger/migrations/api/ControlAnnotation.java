package net.coderanger.migrations.api;

import java.util.Optional;

/**
 * What somebody asks of a Migrator by an annotation on it. A value is answered once; a new value is a new request. Admission
 * refuses a new value of somebody who lacks the right, and writes their name in the {@link #stamp}, so a request without a
 * stamp has never been admitted.
 */
public enum ControlAnnotation {
    Approve("approve", Right.Approve, true, "The revision may be migrated."),
    Reject("reject", Right.Approve, true, "The revision must not be migrated."),
    Retry("retry", Right.CreateJobs, false, "The run that has failed starts again."),
    Run("run", Right.CreateJobs, false, "The migration of the desired revision runs again."),
    Cancel("cancel", Right.CreateJobs, false, "The run that is going on is ended."),
    Baseline("baseline", Right.CreateJobs, true, "The revision counts as migrated; nothing runs."),
    SuspendRun("suspend-run", Right.CreateJobs, false, "The run that is going on pauses."),
    ResumeRun("resume-run", Right.CreateJobs, false, "The run that was paused goes on.");

    /** Longest value, in characters, of a request that names no revision. */
    public static final int MAX_TEXT = 256;

    /** Longest value, in characters, of a request that names a revision, with its words. */
    public static final int MAX_REVISION_AND_WORDS = 1024;

    private final String verb;
    private final Right right;
    private final boolean revisioned;
    private final String meaning;

    ControlAnnotation(String verb, Right right, boolean revisioned, String meaning) {
        this.verb = verb;
        this.right = right;
        this.revisioned = revisioned;
        this.meaning = meaning;
    }

    /** The annotation's name: its key without the group. */
    public String verb() {
        return verb;
    }

    /** The annotation's key. */
    public String key() {
        return Migrator.GROUP + "/" + verb;
    }

    /** The key of the annotation that holds the name of the user who set this one. */
    public String stamp() {
        return key() + "-by";
    }

    /** What the user must be allowed. */
    public Right right() {
        return right;
    }

    /** Whether its values name a revision. */
    public boolean namesRevision() {
        return revisioned;
    }

    /** What is asked, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** The revision that a value names: its first word. Empty if this request names none, or the value is malformed. */
    public Optional<String> revision(String value) {
        return revisioned && invalid(value).isEmpty() ? Optional.of(value.split(" ", 2)[0]) : Optional.empty();
    }

    /** What is wrong with a value, for its author; empty if it is fine. */
    public Optional<String> invalid(String value) {
        var max = revisioned ? MAX_REVISION_AND_WORDS : MAX_TEXT;
        if (value.isBlank()) {
            return Optional.of("must not be empty: it is " + expected());
        }
        if (value.codePointCount(0, value.length()) > max) {
            return Optional.of("must have at most " + max + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("must not contain control characters or line breaks");
        }
        return revisioned && Character.isWhitespace(value.charAt(0))
                ? Optional.of("must begin with the revision: it is " + expected())
                : Optional.empty();
    }

    private String expected() {
        return revisioned
                ? "the revision, and if wanted a space and a few words"
                : "any text that was not used before, as the date and time";
    }
}
