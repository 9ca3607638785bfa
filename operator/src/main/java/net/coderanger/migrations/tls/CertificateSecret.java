package net.coderanger.migrations.tls;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.coderanger.migrations.tls.SecretStore.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Secret with the webhook's certificate. It is made if it is absent and renewed when that is due; several replicas may do so
 * at once, one of them wins and the others take its result. A Secret that comes from somebody else, cert-manager for example,
 * is used as it is: it has no {@code ca.key}.
 */
public final class CertificateSecret {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateSecret.class);

    private static final int TRIES = 10;
    private static final String TLS_TYPE = "kubernetes.io/tls";

    private final SecretStore store;
    private final Hosts hosts;
    private final Clock clock;

    public CertificateSecret(SecretStore store, Hosts hosts, Clock clock) {
        this.store = store;
        this.hosts = hosts;
        this.clock = clock;
    }

    /**
     * The certificate to serve now, made or renewed if necessary.
     *
     * @throws IllegalStateException if the Secret is not the operator's to write and cannot be used, or changes too often
     * @throws RuntimeException of the store if it cannot be reached or refuses
     */
    public ServingCertificate current() {
        for (var attempt = 0; attempt < TRIES; attempt++) {
            var result = store.read().map(this::using).orElseGet(this::first);
            if (result.isPresent()) {
                return result.get();
            }
        }
        throw new IllegalStateException("the webhook's certificate Secret was changed by others " + TRIES
                + " times while it was being renewed; is it managed by another tool, too?");
    }

    private Optional<ServingCertificate> first() {
        var content = new Renewal(hosts, clock.instant()).fresh(List.of());
        return store.create(content) ? Optional.of(serving(content)) : Optional.empty();
    }

    private Optional<ServingCertificate> using(Stored stored) {
        return stored.get(Renewal.CA_KEY).isBlank() && ofSomebodyElse(stored)
                ? Optional.of(asItIs(stored))
                : renewing(stored);
    }

    /** A Secret without our authority's key: of the type for certificates, or with a certificate that can be used. */
    private static boolean ofSomebodyElse(Stored stored) {
        try {
            return stored.type().equals(TLS_TYPE) || Renewal.servingIn(stored).consistent();
        } catch (Pem.Unreadable e) {
            return false;
        }
    }

    private Optional<ServingCertificate> renewing(Stored stored) {
        var renewal = new Renewal(hosts, clock.instant());
        var content = content(renewal, stored);
        if (content.equals(stored.data())) {
            return Optional.of(serving(content));
        }
        if (!store.replace(stored, content)) {
            return Optional.empty();
        }
        var renewed = serving(content);
        LOG.atInfo().addKeyValue("expires", renewed.expires()).log("Renewed the webhook's certificate");
        return Optional.of(renewed);
    }

    private static Map<String, String> content(Renewal renewal, Stored stored) {
        try {
            return renewal.renewed(stored);
        } catch (Pem.Unreadable e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("The webhook's certificate Secret is broken; making a new certificate authority");
            var content = new HashMap<>(stored.data());
            content.putAll(renewal.fresh(renewal.trusted(stored)));
            return content;
        }
    }

    private ServingCertificate asItIs(Stored stored) {
        try {
            var serving = new ServingCertificate(Renewal.servingIn(stored), stored.get(Renewal.CA_CERTIFICATES));
            warn(serving, clock.instant());
            return serving;
        } catch (Pem.Unreadable e) {
            throw new IllegalStateException(
                    "the webhook's certificate Secret cannot be used: " + e.getMessage() + ". It has no "
                            + Renewal.CA_KEY + ", so another tool keeps it: see there, or delete it",
                    e);
        }
    }

    private void warn(ServingCertificate serving, Instant now) {
        if (!now.isBefore(serving.expires())) {
            LOG.atWarn()
                    .addKeyValue("expired", serving.expires())
                    .log("The webhook's certificate has expired, and another tool keeps it");
        }
        if (!hosts.coveredBy(serving.certificate())) {
            LOG.atWarn()
                    .addKeyValue("hosts", hosts.names())
                    .log("The webhook's certificate, which another tool keeps, is not for all of these hosts");
        }
    }

    private static ServingCertificate serving(Map<String, String> content) {
        try {
            var stored = new Stored("", "", content);
            return new ServingCertificate(
                    Renewal.servingIn(stored), Objects.requireNonNull(content.get(Renewal.CA_CERTIFICATES)));
        } catch (Pem.Unreadable e) {
            throw new IllegalStateException("a certificate that was just made can be read", e);
        }
    }
}
