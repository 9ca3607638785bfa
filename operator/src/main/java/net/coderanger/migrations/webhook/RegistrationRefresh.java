package net.coderanger.migrations.webhook;

import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registration in step with the namespaces that have Migrators and with the certificate: at once when they change, and
 * now and then in any case, for somebody may have deleted it. Run it about once a second.
 */
public final class RegistrationRefresh implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(RegistrationRefresh.class);

    /** Rounds without a change after which the registration is compared with the API server's all the same. */
    private static final int ROUNDS = 5;

    private record Wanted(Set<String> namespaces, Optional<String> authorities) {}

    private final Registration registration;
    private final Supplier<Set<String>> namespaces;
    private final Supplier<Optional<String>> authorities;
    private final BooleanSupplier leading;
    private @Nullable Wanted registered;
    private int roundsLeft;
    private volatile boolean stands;
    private volatile boolean seen;

    /**
     * @param namespaces those that have Migrators
     * @param authorities PEM certificates that the API server has to trust
     * @param leading whether this replica is the one that writes: two whose caches differ would undo each other's work
     */
    public RegistrationRefresh(
            Registration registration,
            Supplier<Set<String>> namespaces,
            Supplier<Optional<String>> authorities,
            BooleanSupplier leading) {
        this.registration = registration;
        this.namespaces = namespaces;
        this.authorities = authorities;
        this.leading = leading;
    }

    /** Whether the registration was as it should be when this replica looked last. */
    public boolean stands() {
        return stands;
    }

    /**
     * Whether the registration has been seen in the cluster, with the certificate that this replica serves and for the namespaces that
     * it watches. Stays true when it is lost: a replica that then refused to answer would not bring it back.
     */
    public boolean seen() {
        return seen;
    }

    @Override
    public void run() {
        try {
            var wanted = new Wanted(namespaces.get(), authorities.get());
            if (leading.getAsBoolean() && (roundsLeft-- <= 0 || !wanted.equals(registered))) {
                registration.apply(wanted.namespaces(), wanted.authorities());
                registered = wanted;
                roundsLeft = ROUNDS;
                stands = true;
            }
            seen = seen || registration.stands(wanted.authorities());
        } catch (RuntimeException e) {
            stands = false;
            LOG.atWarn().setCause(e).log("The webhook could not be registered; it is tried again");
        }
    }
}
