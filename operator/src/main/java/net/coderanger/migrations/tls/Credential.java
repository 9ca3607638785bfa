package net.coderanger.migrations.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate and its private key.
 *
 * @param chain the certificate, then those that lead from it towards its authority; never empty
 */
record Credential(List<X509Certificate> chain, PrivateKey key) {

    private static final byte[] SAMPLE = {1, 2, 3};

    Credential {
        chain = List.copyOf(chain);
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    Duration left(Instant now) {
        return Duration.between(now, certificate().getNotAfter().toInstant());
    }

    /** Whether the key is the certificate's. */
    boolean consistent() {
        var algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "EdDSA";
        };
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(SAMPLE);
            var signature = signer.sign();
            signer.initVerify(certificate().getPublicKey());
            signer.update(SAMPLE);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    boolean issuedBy(X509Certificate authority) {
        try {
            chain.getLast().verify(authority.getPublicKey());
            return chain.getLast().getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
