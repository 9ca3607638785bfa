package net.coderanger.migrations.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RegistrationRefreshTest {

    private final Cluster cluster = new Cluster();
    private final AtomicBoolean leading = new AtomicBoolean();
    private final AtomicReference<Set<String>> namespaces = new AtomicReference<>(Set.of("shop"));
    private final RegistrationRefresh refresh = replica("CA", leading);

    @Test
    void the_leader_registers_and_sees_it_at_once() {
        leading.set(true);

        refresh.run();

        assertThat(cluster.written).containsExactly("[shop] CA");
        assertThat(refresh.seen()).isTrue();
    }

    @Test
    void a_replica_that_does_not_lead_waits_for_the_registration_and_writes_nothing() {
        refresh.run();
        assertThat(refresh.seen()).isFalse();

        replica("CA", new AtomicBoolean(true)).run();
        refresh.run();

        assertThat(refresh.seen()).isTrue();
        assertThat(cluster.written).hasSize(1);
    }

    @Test
    void a_registration_that_trusts_another_certificate_is_none() {
        replica("older CA", new AtomicBoolean(true)).run();

        refresh.run();

        assertThat(refresh.seen()).isFalse();
    }

    @Test
    void a_registration_that_is_lost_later_is_brought_back_by_replicas_that_are_still_ready() {
        leading.set(true);
        refresh.run();

        cluster.registered = Optional.empty();
        for (var second = 0; second < 6; second++) {
            refresh.run();
            assertThat(refresh.seen()).isTrue();
        }

        assertThat(cluster.written).hasSize(2);
        assertThat(cluster.registered).contains("CA");
    }

    @Test
    void nothing_is_seen_and_the_next_round_comes_while_the_api_server_refuses() {
        leading.set(true);
        cluster.refuses = true;
        refresh.run();
        assertThat(refresh.seen()).isFalse();

        cluster.refuses = false;
        refresh.run();

        assertThat(refresh.seen()).isTrue();
    }

    @Test
    void a_namespaces_first_migrator_is_registered_at_once_and_what_stays_the_same_is_not_written_again() {
        leading.set(true);
        refresh.run();
        refresh.run();

        namespaces.set(Set.of("blog"));
        refresh.run();
        refresh.run();

        assertThat(cluster.written).containsExactly("[shop] CA", "[blog] CA");
    }

    private RegistrationRefresh replica(String authorities, AtomicBoolean leading) {
        return new RegistrationRefresh(cluster, namespaces::get, () -> Optional.of(authorities), leading::get);
    }

    /** Knows the authorities of the registration that it holds, if any. */
    private static final class Cluster implements Registration {
        private final List<String> written = new ArrayList<>();
        private Optional<String> registered = Optional.empty();
        private boolean refuses;

        @Override
        public void apply(Set<String> namespaces, Optional<String> authorities) {
            if (refuses) {
                throw new KubernetesClientException("refused");
            }
            written.add(namespaces + " " + authorities.orElse(""));
            registered = authorities;
        }

        @Override
        public boolean stands(Optional<String> authorities) {
            return registered.isPresent() && registered.equals(authorities);
        }
    }
}
