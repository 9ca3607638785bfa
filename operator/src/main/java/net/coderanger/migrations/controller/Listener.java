package net.coderanger.migrations.controller;

import java.time.Duration;
import net.coderanger.migrations.plan.StatusChange;

/** Is told what the leader has done, after it stands in the cluster. Called on any thread. */
public interface Listener {

    /** For one that does not want to know. */
    Listener NONE = new Listener() {
        @Override
        public void statusWritten(StatusChange change) {}

        @Override
        public void released(Duration latency) {}
    };

    /** Both are told, this one first. */
    default Listener and(Listener other) {
        var first = this;
        return new Listener() {
            @Override
            public void statusWritten(StatusChange change) {
                first.statusWritten(change);
                other.statusWritten(change);
            }

            @Override
            public void released(Duration latency) {
                first.released(latency);
                other.released(latency);
            }
        };
    }

    /** A Migrator's status was written. */
    void statusWritten(StatusChange change);

    /**
     * A waiting pod was released for the first time.
     *
     * @param latency how long ago it could have been. Kubernetes keeps times in whole seconds: up to one second too long
     */
    void released(Duration latency);
}
