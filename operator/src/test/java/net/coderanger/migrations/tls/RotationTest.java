package net.coderanger.migrations.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import net.coderanger.migrations.server.HttpsEndpoint;
import net.coderanger.migrations.server.Reply;
import net.coderanger.migrations.server.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real handshakes with a real server, before and after its certificate is renewed. */
class RotationTest {

    private static final Hosts HOSTS = new Hosts(Set.of("localhost"));

    // Handshakes check validity against the machine's clock: so the first certificate is made in the past.
    private final MovableClock clock = new MovableClock(Instant.now().minus(Duration.ofDays(61)));
    private final MemorySecretStore store = new MemorySecretStore();
    private final CertificateSecret secret = new CertificateSecret(store, HOSTS, clock);
    private final ServingCertificate first = secret.current();

    private HttpsEndpoint server;

    @BeforeEach
    void serve() throws IOException {
        server = new HttpsEndpoint(0, Map.of("/", Route.get(() -> Reply.text(Reply.OK, "hello"))), first.keyManager());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_renewed_certificate_is_served_without_a_restart() throws Exception {
        assertThat(handshake(first)).isEqualTo(first.certificate());
        var refresh = refresh(Duration.ofHours(1));

        clock.pass(Duration.ofDays(61));
        refresh.look();

        var renewed = secret.current();
        assertThat(renewed).isNotEqualTo(first).isEqualTo(refresh.served());
        assertThat(handshake(first)).isEqualTo(renewed.certificate());
    }

    @Test
    void a_certificate_that_another_replica_has_renewed_is_picked_up() {
        clock.pass(Duration.ofDays(61));
        var renewed = new CertificateSecret(store, HOSTS, clock).current();

        try (var refresh = refresh(Duration.ofMillis(10))) {
            refresh.start();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(handshake(renewed)).isEqualTo(renewed.certificate()));
        }
    }

    @Test
    void what_is_served_stays_while_the_secret_cannot_be_used() throws Exception {
        var refresh = refresh(Duration.ofHours(1));
        store.put("kubernetes.io/tls", Map.of());

        refresh.look();

        assertThat(refresh.served()).isEqualTo(first);
        assertThat(handshake(first)).isEqualTo(first.certificate());
    }

    @Test
    void clients_that_trust_another_authority_refuse() {
        var other = new CertificateSecret(new MemorySecretStore(), HOSTS, clock).current();

        assertThatThrownBy(() -> handshake(other)).isInstanceOf(SSLHandshakeException.class);
    }

    private CertificateRefresh refresh(Duration period) {
        return new CertificateRefresh(secret, first, period, now -> server.reload(now.keyManager()));
    }

    private X509Certificate handshake(ServingCertificate trusted) throws Exception {
        var authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        for (var authority : Pem.certificates(trusted.authorities().orElseThrow())) {
            authorities.setCertificateEntry(authority.getSerialNumber().toString(), authority);
        }
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(authorities);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (var socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            var tls = socket.getSSLParameters();
            tls.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setServerNames(List.of(new SNIHostName("localhost")));
            socket.setSSLParameters(tls);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
