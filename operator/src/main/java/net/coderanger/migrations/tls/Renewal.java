package net.coderanger.migrations.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.coderanger.migrations.tls.SecretStore.Stored;

/**
 * What is to become of the Secret's content: an authority of our own and a serving certificate, each renewed in time.
 *
 * <p>A new authority is published long before it is used: clients are told of it at once, the serving certificate stays as it is
 * until its own renewal. So no client ever meets a certificate whose authority it has not heard of. The old authority stays
 * published until it has expired.
 */
final class Renewal {

    static final String CA_CERTIFICATES = "ca.crt";
    static final String CA_KEY = "ca.key";
    static final String CERTIFICATES = "tls.crt";
    static final String KEY = "tls.key";

    static final Duration AUTHORITY_DUE = Duration.ofDays(365);
    static final Duration SERVING_DUE = Duration.ofDays(30);

    private final Certificates certificates = new Certificates();
    private final Hosts hosts;
    private final Instant now;

    Renewal(Hosts hosts, Instant now) {
        this.hosts = hosts;
        this.now = now;
    }

    /** A first content, or a new one in place of one that is broken. Authorities that can be read stay trusted. */
    Map<String, String> fresh(List<X509Certificate> trustedSoFar) {
        var authority = certificates.authority(now);
        return content(authority, trustedSoFar, certificates.serving(authority, hosts, now));
    }

    /** The content that a Secret should have; as it is if nothing is due. A broken authority cannot be renewed. */
    Map<String, String> renewed(Stored stored) throws Pem.Unreadable {
        var known = valid(certificatesIn(stored, CA_CERTIFICATES));
        var authority = authority(known, keyIn(stored, CA_KEY));
        var serving = usableServing(stored, known);
        var next = authority.left(now).compareTo(AUTHORITY_DUE) < 0 ? certificates.authority(now) : authority;
        if (next.equals(authority) && serving.isPresent()) {
            return stored.data();
        }
        var content = new HashMap<>(stored.data());
        content.putAll(content(next, known, serving.orElseGet(() -> certificates.serving(next, hosts, now))));
        return content;
    }

    private static Credential authority(List<X509Certificate> known, PrivateKey key) throws Pem.Unreadable {
        return known.stream()
                .map(certificate -> new Credential(List.of(certificate), key))
                .filter(Credential::consistent)
                .findFirst()
                .orElseThrow(() -> new Pem.Unreadable(
                        CA_KEY + " is not the key of a certificate in " + CA_CERTIFICATES + " that is valid now"));
    }

    /** The serving certificate, unless it is broken or has to be renewed. */
    private Optional<Credential> usableServing(Stored stored, List<X509Certificate> authorities) {
        try {
            return Optional.of(servingIn(stored))
                    .filter(serving -> serving.left(now).compareTo(SERVING_DUE) >= 0
                            && hosts.coveredBy(serving.certificate())
                            && authorities.stream().anyMatch(serving::issuedBy));
        } catch (Pem.Unreadable e) {
            return Optional.empty();
        }
    }

    /** The serving certificate that a Secret holds. */
    static Credential servingIn(Stored stored) throws Pem.Unreadable {
        var serving = new Credential(certificatesIn(stored, CERTIFICATES), keyIn(stored, KEY));
        if (!serving.consistent()) {
            throw new Pem.Unreadable(KEY + " is not the key of the certificate in " + CERTIFICATES);
        }
        return serving;
    }

    List<X509Certificate> trusted(Stored stored) {
        try {
            return valid(certificatesIn(stored, CA_CERTIFICATES));
        } catch (Pem.Unreadable e) {
            return List.of();
        }
    }

    private List<X509Certificate> valid(List<X509Certificate> authorities) {
        return authorities.stream()
                .filter(authority -> now.isBefore(authority.getNotAfter().toInstant()))
                .toList();
    }

    private static Map<String, String> content(
            Credential authority, List<X509Certificate> trustedSoFar, Credential serving) {
        var trusted = new ArrayList<>(authority.chain());
        trustedSoFar.stream()
                .filter(certificate -> !trusted.contains(certificate))
                .forEach(trusted::add);
        return Map.of(
                CA_CERTIFICATES,
                Pem.of(trusted),
                CA_KEY,
                Pem.of(authority.key()),
                CERTIFICATES,
                Pem.of(serving.chain()),
                KEY,
                Pem.of(serving.key()));
    }

    private static List<X509Certificate> certificatesIn(Stored stored, String entry) throws Pem.Unreadable {
        try {
            return Pem.certificates(stored.get(entry));
        } catch (Pem.Unreadable e) {
            throw new Pem.Unreadable(entry + " " + e.getMessage());
        }
    }

    private static PrivateKey keyIn(Stored stored, String entry) throws Pem.Unreadable {
        try {
            return Pem.key(stored.get(entry));
        } catch (Pem.Unreadable e) {
            throw new Pem.Unreadable(entry + " " + e.getMessage());
        }
    }
}
