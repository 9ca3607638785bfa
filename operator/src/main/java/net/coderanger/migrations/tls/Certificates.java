package net.coderanger.migrations.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues certificates: EC P-256, ECDSA with SHA-256, profile of RFC 5280. */
final class Certificates {

    static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3650);
    static final Duration SERVING_LIFETIME = Duration.ofDays(90);

    /** The clocks of the machines that check a certificate may be behind that of the one that made it. */
    private static final Duration BACKDATED = Duration.ofMinutes(10);

    private static final int SERIAL_BITS = 127;
    private static final int NAME_BYTES = 4;

    private final SecureRandom random = new SecureRandom();

    /** A new authority. Each has a name of its own, so that clients that trust several know which one to try. */
    Credential authority(Instant now) {
        var id = new byte[NAME_BYTES];
        random.nextBytes(id);
        var name =
                new X500Principal("CN=migrations-operator-ca-" + HexFormat.of().formatHex(id));
        var keys = newKeys();
        try {
            var extensions = new JcaX509ExtensionUtils();
            var certificate = builder(name, name, keys, now, now.plus(AUTHORITY_LIFETIME))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(keys.getPublic()));
            return new Credential(List.of(sign(certificate, keys.getPrivate())), keys.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make a certificate authority", e);
        }
    }

    /** A serving certificate for hosts. It never outlives its authority. */
    Credential serving(Credential authority, Hosts hosts, Instant now) {
        var issuer = authority.certificate();
        var authorityEnd = issuer.getNotAfter().toInstant();
        var end = now.plus(SERVING_LIFETIME).isBefore(authorityEnd) ? now.plus(SERVING_LIFETIME) : authorityEnd;
        var keys = newKeys();
        try {
            var extensions = new JcaX509ExtensionUtils();
            var certificate = builder(
                            issuer.getSubjectX500Principal(),
                            new X500Principal("CN=migrations-operator-webhook"),
                            keys,
                            now,
                            end)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(
                            Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(issuer))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(hosts.generalNames()));
            return new Credential(List.of(sign(certificate, authority.key())), keys.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot make a serving certificate for " + hosts.names(), e);
        }
    }

    private KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK makes P-256 keys", e);
        }
    }

    private JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, KeyPair keys, Instant now, Instant end) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(BACKDATED)),
                Date.from(end),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(
            org.bouncycastle.cert.X509v3CertificateBuilder certificate, PrivateKey authorityKey)
            throws GeneralSecurityException, OperatorCreationException {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey);
        return new JcaX509CertificateConverter().getCertificate(certificate.build(signer));
    }
}
