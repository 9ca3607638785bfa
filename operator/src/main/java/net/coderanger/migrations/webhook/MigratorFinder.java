package net.coderanger.migrations.webhook;

import java.util.List;
import java.util.function.Predicate;
import net.coderanger.migrations.api.Migrator;

/** Finds the Migrators of a namespace. */
@FunctionalInterface
public interface MigratorFinder {

    /**
     * All of them.
     *
     * @param wanted which of them matter: one may be so new that only the API server knows it yet
     */
    List<Migrator> in(String namespace, Predicate<Migrator> wanted);
}
