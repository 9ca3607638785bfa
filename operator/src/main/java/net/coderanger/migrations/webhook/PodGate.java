package net.coderanger.migrations.webhook;

import java.util.Optional;

/**
 * A gate that a pod is to get.
 *
 * @param migrator name of the Migrator that opens it
 * @param kind what holds the pod
 * @param selected whether the Migrator's selector matched; otherwise the pod itself asks for the gate
 * @param revision what is being migrated to, for the waiter's messages; empty if it is not known
 */
record PodGate(String migrator, Kind kind, boolean selected, Optional<String> revision) {

    /** What holds the pod. */
    enum Kind {
        INIT_CONTAINER,
        SCHEDULING_GATE
    }
}
