package net.coderanger.migrations.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.coderanger.migrations.tls.SecretStore.Stored;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateSecretTest {

    private static final Hosts HOSTS = Hosts.ofService("operator", "migrations");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final MovableClock clock = new MovableClock(START);
    private final MemorySecretStore store = new MemorySecretStore();
    private final CertificateSecret secret = new CertificateSecret(store, HOSTS, clock);

    @Test
    void an_absent_secret_is_made_and_then_used_by_all() throws Exception {
        var first = secret.current();

        assertThat(store.stored().data()).containsOnlyKeys("ca.crt", "ca.key", "tls.crt", "tls.key");
        assertThat(store.stored().type()).isEqualTo("Opaque");
        assertThat(new CertificateSecret(store, HOSTS, clock).current()).isEqualTo(first);
        assertThat(store.stored().version()).isEqualTo("1");
        assertThat(first.expires()).isEqualTo(START.plus(Certificates.SERVING_LIFETIME));
        assertThat(first.certificate().getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1).toString()))
                .hasSize(4)
                .contains("operator.migrations.svc");
        var authorities = Pem.certificates(first.authorities().orElseThrow());
        assertThat(authorities).hasSize(1);
        assertThat(authorities.getFirst().getBasicConstraints()).isZero();
        first.certificate().verify(authorities.getFirst().getPublicKey());
    }

    @Test
    void the_serving_certificate_is_renewed_before_its_last_30_days() {
        var first = secret.current();

        clock.pass(Duration.ofDays(60));
        assertThat(secret.current()).isEqualTo(first);
        clock.pass(Duration.ofSeconds(1));
        var second = secret.current();

        assertThat(second.certificate()).isNotEqualTo(first.certificate());
        assertThat(second.authorities()).isEqualTo(first.authorities());
        assertThat(second.expires()).isEqualTo(clock.instant().plus(Certificates.SERVING_LIFETIME));
    }

    @Test
    void a_certificate_for_other_hosts_is_renewed_at_once() {
        var first = secret.current();
        var hosts = new Hosts(Set.of("other.example", "192.0.2.1", "[2001:DB8::1]"));
        var other = new CertificateSecret(store, hosts, clock);

        var second = other.current();

        assertThat(hosts.coveredBy(second.certificate())).isTrue();
        assertThat(second.authorities()).isEqualTo(first.authorities());
        assertThat(other.current()).isEqualTo(second);
    }

    @Test
    void a_new_authority_is_published_before_it_is_used_and_the_old_one_until_it_has_expired() throws Exception {
        var years = Certificates.AUTHORITY_LIFETIME;
        secret.current();
        clock.pass(years.minus(Renewal.AUTHORITY_DUE).minusDays(1));
        var before = secret.current();
        clock.pass(Duration.ofDays(1).plusSeconds(1));

        var published = secret.current();
        assertThat(published.certificate()).isEqualTo(before.certificate());
        var both = Pem.certificates(published.authorities().orElseThrow());
        assertThat(both)
                .hasSize(2)
                .endsWith(Pem.certificates(before.authorities().orElseThrow()).getFirst());

        clock.pass(Certificates.SERVING_LIFETIME.minus(Renewal.SERVING_DUE));
        var used = secret.current();
        used.certificate().verify(both.getFirst().getPublicKey());
        assertThat(used.authorities()).isEqualTo(published.authorities());

        clock.pass(Renewal.AUTHORITY_DUE);
        assertThat(Pem.certificates(secret.current().authorities().orElseThrow()))
                .containsExactly(both.getFirst());
    }

    @Test
    void whoever_is_slower_takes_the_result_of_the_faster() {
        var fast = new CertificateSecret(store, HOSTS, clock);
        store.beforeNextWrite(fast::current);
        assertThat(secret.current()).isEqualTo(fast.current());

        clock.pass(Duration.ofDays(61));
        store.beforeNextWrite(fast::current);
        assertThat(secret.current()).isEqualTo(fast.current());
        assertThat(store.stored().version()).isEqualTo("2");
    }

    @Test
    void many_replicas_at_once_end_up_with_one_certificate() throws Exception {
        var replicas = IntStream.range(0, 8)
                .<Callable<ServingCertificate>>mapToObj(i -> () -> new CertificateSecret(store, HOSTS, clock).current())
                .toList();

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var served =
                    executor.invokeAll(replicas).stream().map(Future::resultNow).toList();
            assertThat(Set.copyOf(served)).hasSize(1);
        }
        assertThat(store.stored().version()).isEqualTo("1");
    }

    @Test
    void a_secret_that_somebody_rewrites_all_the_time_is_complained_about() {
        secret.current();
        clock.pass(Duration.ofDays(61));
        var restless = new SecretStore() {
            @Override
            public java.util.Optional<Stored> read() {
                return store.read();
            }

            @Override
            public boolean create(Map<String, String> data) {
                return false;
            }

            @Override
            public boolean replace(Stored read, Map<String, String> data) {
                return false;
            }
        };

        assertThatThrownBy(() -> new CertificateSecret(restless, HOSTS, clock).current())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("changed by others 10 times");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.crt", "ca.key", "tls.crt", "tls.key"})
    void a_broken_secret_is_made_anew_and_its_old_authority_stays_trusted(String entry) throws Exception {
        var old = secret.current();
        for (var broken : List.of(
                "", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", keyOfSomethingElse())) {
            var data = new HashMap<>(store.stored().data());
            data.put(entry, broken);
            if (entry.equals("ca.key") && broken.isEmpty()) {
                data.remove("tls.key");
            }
            data.put("note", "kept");
            store.put("Opaque", data);

            var now = secret.current();

            assertThat(now.certificate()).isNotEqualTo(old.certificate());
            var trusted = Pem.certificates(now.authorities().orElseThrow());
            assertThat(new Credential(
                                    List.of(now.certificate()),
                                    Pem.key(store.stored().get("tls.key")))
                            .issuedBy(trusted.getFirst()))
                    .isTrue();
            if (!entry.equals("ca.crt")) {
                assertThat(trusted)
                        .containsAll(Pem.certificates(old.authorities().orElseThrow()));
            }
            assertThat(store.stored().get("note")).isEqualTo("kept");
            assertThat(secret.current()).isEqualTo(now);
            old = now;
        }
    }

    @Test
    void the_secret_of_another_tool_is_used_as_it_is_even_when_it_has_expired() {
        var authority = new Certificates().authority(START);
        var serving = new Certificates().serving(authority, new Hosts(Set.of("other")), START);
        store.put(
                "kubernetes.io/tls",
                Map.of(
                        "ca.crt",
                        Pem.of(authority.chain()),
                        "tls.crt",
                        Pem.of(serving.chain()),
                        "tls.key",
                        Pem.of(serving.key())));
        var before = store.stored();
        clock.pass(Duration.ofDays(100));

        var served = secret.current();

        assertThat(served.certificate()).isEqualTo(serving.certificate());
        assertThat(served.authorities()).contains(Pem.of(authority.chain()));
        assertThat(store.stored()).isEqualTo(before);
    }

    @Test
    void a_secret_of_another_tool_that_cannot_be_used_is_not_overwritten() {
        store.put("kubernetes.io/tls", Map.of("tls.crt", "", "tls.key", ""));

        assertThatThrownBy(secret::current)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tls.crt holds no certificate")
                .hasMessageContaining("another tool keeps it");
        assertThat(store.stored().version()).isEqualTo("1");
    }

    @Test
    void a_certificate_of_a_public_authority_needs_no_bundle() {
        var serving = new Certificates().serving(new Certificates().authority(START), HOSTS, START);
        store.put("Opaque", Map.of("tls.crt", Pem.of(serving.chain()), "tls.key", Pem.of(serving.key())));

        assertThat(secret.current().authorities()).isEmpty();
        assertThat(store.stored().version()).isEqualTo("1");
    }

    private static String keyOfSomethingElse() {
        return Pem.of(new Certificates().authority(START).key());
    }
}
