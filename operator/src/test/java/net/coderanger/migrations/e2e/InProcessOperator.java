package net.coderanger.migrations.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.time.Duration;
import net.coderanger.migrations.api.Migrator;
import net.coderanger.migrations.controller.Listener;
import net.coderanger.migrations.controller.MigratorReconciler;

/** The controller in this process, for one namespace, with the rights of the shipped ClusterRole and nothing else. */
final class InProcessOperator implements AutoCloseable {

    private final Operator operator;
    private final KubernetesClient client;

    private InProcessOperator(Operator operator, KubernetesClient client) {
        this.operator = operator;
        this.client = client;
    }

    static InProcessOperator start(String namespace, String user, Crash crash) {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withImpersonateUsername(user)
                .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
                .withRequestRetryBackoffLimit(0)
                .build();
        var client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("crash", crash))
                .build();
        var operator = new Operator(overrider -> {
            MigratorReconciler.configure(overrider);
            overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(true)
                    .withReconciliationTerminationTimeout(Duration.ZERO);
        });
        operator.<Migrator>register(
                new MigratorReconciler(client, Clock.systemUTC(), Listener.NONE),
                overrider -> overrider.settingNamespaces(namespace).withOnUpdateFilter(MigratorReconciler::matters));
        operator.start();
        return new InProcessOperator(operator, client);
    }

    @Override
    public void close() {
        operator.stop();
        client.close();
    }
}
