package net.coderanger.migrations.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** What a server shows, and what its clients have to trust. Two are equal if they serve the same. */
public final class ServingCertificate {

    private final Credential credential;
    private final String authorities;

    ServingCertificate(Credential credential, String authorities) {
        this.credential = credential;
        this.authorities = authorities;
    }

    /** The certificates to trust, as PEM; empty if the certificate comes from an authority that everybody trusts. */
    public Optional<String> authorities() {
        return Optional.of(authorities).filter(pem -> !pem.isBlank());
    }

    public Instant expires() {
        return credential.certificate().getNotAfter().toInstant();
    }

    /** The certificate and its key, under an alias that no other certificate has. */
    public X509ExtendedKeyManager keyManager() {
        try {
            var password = new char[0];
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(null, password);
            keys.setKeyEntry(
                    "webhook-" + credential.certificate().getSerialNumber(),
                    credential.key(),
                    password,
                    credential.chain().toArray(X509Certificate[]::new));
            var managers = KeyManagerFactory.getInstance("SunX509");
            managers.init(keys, password);
            return (X509ExtendedKeyManager) managers.getKeyManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the webhook's certificate cannot be served", e);
        }
    }

    X509Certificate certificate() {
        return credential.certificate();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServingCertificate that
                && credential.chain().equals(that.credential.chain())
                && authorities.equals(that.authorities);
    }

    @Override
    public int hashCode() {
        return credential.chain().hashCode();
    }
}
