package net.coderanger.migrations.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;

/** What is answered to an admission request. */
sealed interface AdmissionVerdict {

    AdmissionVerdict ALLOWED = new Allowed();

    /** The object is fine as it is. */
    record Allowed() implements AdmissionVerdict {}

    /** The object is fine with these operations of a JSON Patch. */
    record Patched(ArrayNode patch) implements AdmissionVerdict {}

    /**
     * The object is refused.
     *
     * @param code HTTP status that the user's request ends with
     * @param message what is wrong, and what to do
     */
    record Denied(int code, String message) implements AdmissionVerdict {}
}
