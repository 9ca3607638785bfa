package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The page about a role of its own for the migration: its SQL and its manifests. */
@EndToEnd
class LeastPrivilegeE2E {

    private static final Page PAGE = Page.named("least-privilege");

    @Test
    void the_migration_alters_tables_and_the_application_cannot(TestNamespace namespace) throws Exception {
        // Given
        var shop = Shop.in(namespace);
        shop.ask(PAGE.sql());
        shop.ask("alter role shop_owner password 'not-a-secret'; alter role shop_app password 'not-a-secret'");
        namespace.apply(
                Shop.secret("shop-database", "shop_app"),
                Shop.secret("shop-migrations", "shop_owner"),
                PAGE.yaml("kind: Migrator"),
                PAGE.yaml("kind: NetworkPolicy"));

        // When
        shop.release(Shop.V1);
        shop.release(Shop.V2);
        var jobs = namespace.jobs();

        // Then
        assertThat(shop.columns("products")).contains("currency");
        assertThat(shop.ask("select distinct tableowner from pg_tables where schemaname = 'public'"))
                .containsExactly("shop_owner");
        assertThat(asApplication(namespace, "alter table products drop column price"))
                .contains("must be owner of table products");
        assertThat(asApplication(namespace, "create table intruder (id integer)"))
                .contains("permission denied for schema public");
        assertThat(asApplication(namespace, "update products set price = 2 where id = 1 returning price"))
                .contains("2");
        assertThat(jobs)
                .isNotEmpty()
                .allSatisfy(
                        job -> assertThat(job.getSpec().getTemplate().getSpec().getServiceAccountName())
                                .isEqualTo("shop-migrations"));
    }

    @Test
    void the_policy_lets_the_labels_of_the_jobs_in(TestNamespace namespace) {
        // Given
        var shop = Shop.in(namespace);
        namespace.apply(
                PAGE.yaml("kind: Migrator").replace("[/app/migrate]", "[sleep, '600']"),
                PAGE.yaml("kind: NetworkPolicy"),
                Shop.secret("shop-migrations", "shop"));

        // When
        shop.deploy(Shop.V1);

        // Then
        namespace.await(() -> assertThat(namespace.jobs()).hasSize(1));
        var labels = namespace
                .jobs()
                .getFirst()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        var policy = namespace
                .client()
                .resources(NetworkPolicy.class)
                .inNamespace(namespace.name())
                .withName("postgres")
                .get();
        assertThat(policy.getSpec().getIngress().getFirst().getFrom())
                .anySatisfy(peer -> assertThat(labels)
                        .containsAllEntriesOf(peer.getPodSelector().getMatchLabels()));
    }

    private static String asApplication(TestNamespace namespace, String sql) throws Exception {
        var pod = namespace.running("shop").getFirst().getMetadata().getName();
        var output = new java.io.ByteArrayOutputStream();
        try (var psql = namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withName(pod)
                .writingOutput(output)
                .writingError(output)
                .exec("psql", "--no-psqlrc", "-Atc", sql)) {
            assertThat(psql.exitCode().get(30, TimeUnit.SECONDS)).isNotNull();
        }
        return output.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
