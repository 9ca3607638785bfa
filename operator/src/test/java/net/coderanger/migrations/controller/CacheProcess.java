package net.coderanger.migrations.controller;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import net.coderanger.migrations.api.Migrator;

/** Fills the operator's caches in a process of its own, and prints how many pods are in them. Argument: the API server's URL. */
final class CacheProcess {

    private CacheProcess() {}

    public static void main(String[] args) {
        var client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(args[0])
                        .withOnlyHttpWatches(true)
                        .build())
                .build();
        var operator = new Operator(overrider -> overrider.withKubernetesClient(client));
        var reconciler = new MigratorReconciler(client, Clock.systemUTC(), Listener.NONE);
        operator.<Migrator>register(reconciler, overrider -> {});
        operator.start();
        System.out.println(reconciler.cache().pods().size() + " pods");
        Runtime.getRuntime().halt(0);
    }
}
