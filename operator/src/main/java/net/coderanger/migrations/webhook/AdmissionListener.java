package net.coderanger.migrations.webhook;

import java.time.Duration;

/** Is told of every answer of the webhook. Called on any thread. */
@FunctionalInterface
public interface AdmissionListener {

    /** What is asked. */
    enum Webhook {
        /** Which pods are gated. */
        PODS,
        /** Who has set a Migrator's control annotations. */
        STAMPS,
        /** Which Migrators are refused. */
        MIGRATORS
    }

    /** What is answered. */
    enum Result {
        /** The object is fine as it is. */
        ALLOWED,
        /** The pod may be created, and waits. */
        GATED,
        /** The Migrator gets a stamp. */
        STAMPED,
        /** Refused, because of what it says or who asks. */
        DENIED,
        /** No answer, or a refusal because the operator could not find out. */
        ERROR
    }

    /**
     * A request was answered.
     *
     * @param took from the last byte of the request to the answer
     */
    void answered(Webhook webhook, Result result, Duration took);
}
