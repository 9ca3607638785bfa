package net.coderanger.migrations.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void keys_are_read_as_pkcs_8(String algorithm) throws Exception {
        var key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();

        assertThat(Pem.key(Pem.of(key)).getEncoded()).isEqualTo(key.getEncoded());
    }

    @Test
    void rsa_keys_are_read_as_pkcs_1() throws Exception {
        var key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        var inner = PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey();

        assertThat(Pem.key(written("RSA PRIVATE KEY", inner)).getEncoded()).isEqualTo(key.getEncoded());
    }

    @Test
    void ec_keys_are_read_as_sec_1() throws Exception {
        var key = (ECPrivateKey)
                KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        var curve = PrivateKeyInfo.getInstance(key.getEncoded())
                .getPrivateKeyAlgorithm()
                .getParameters();
        var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(
                key.getParams().getOrder().bitLength(), key.getS(), curve);

        var read = (ECPrivateKey) Pem.key(written("EC PRIVATE KEY", inner));

        assertThat(read.getS()).isEqualTo(key.getS());
    }

    @Test
    void certificates_survive_a_round_trip() throws Exception {
        var certificates = new Certificates()
                .authority(Instant.parse("2026-01-01T00:00:00Z"))
                .chain();

        assertThat(Pem.certificates(Pem.of(certificates))).isEqualTo(certificates);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no PEM",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\n!!!!\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "-----BEGIN PRIVATE KEY-----\n",
            })
    void broken_texts_are_refused_without_showing_them(String text) {
        assertThatThrownBy(() -> Pem.key(text))
                .isInstanceOf(Pem.Unreadable.class)
                .hasMessageNotContaining("AAAA");
        assertThatThrownBy(() -> Pem.certificates(text)).isInstanceOf(Pem.Unreadable.class);
    }

    private static String written(String label, ASN1Encodable content) throws IOException {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(label, content.toASN1Primitive().getEncoded()));
        }
        return text.toString();
    }
}
