package net.coderanger.migrations.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Certificates and keys as the text in which Secrets hold them (RFC 7468). */
final class Pem {

    /** A text that holds no usable certificate or key. Its message may be shown: it never contains the text. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    private static final int LINE = 64;

    private Pem() {}

    static String of(List<X509Certificate> certificates) {
        var text = new StringBuilder();
        for (var certificate : certificates) {
            text.append(block("CERTIFICATE", encoded(certificate)));
        }
        return text.toString();
    }

    /** The key as PKCS #8. */
    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** All certificates in the text, at least one. */
    static List<X509Certificate> certificates(String text) throws Unreadable {
        try {
            var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
            var certificates = new ArrayList<X509Certificate>();
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
                certificates.add((X509Certificate) certificate);
            }
            if (certificates.isEmpty()) {
                throw new Unreadable("holds no certificate");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new Unreadable(
                    "holds no readable certificate (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The first private key in the text: PKCS #8, PKCS #1 or SEC 1, because cert-manager writes any of them. */
    static PrivateKey key(String text) throws Unreadable {
        try (var parser = new PEMParser(new StringReader(text))) {
            var converter = new JcaPEMKeyConverter();
            for (var object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (object instanceof PrivateKeyInfo key) {
                    return converter.getPrivateKey(key);
                }
            }
            throw new Unreadable("holds no private key that is not encrypted");
        } catch (IOException | RuntimeException e) {
            // The parser answers some malformed texts with unchecked exceptions of its own.
            throw new Unreadable(
                    "holds no readable private key (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read or made can be written", e);
        }
    }

    private static String block(String label, byte[] content) {
        var body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
