package net.coderanger.migrations.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;

class MigratorReconcilerTest {

    @Test
    void passes_share_eight_threads_however_many_migrators_there_are() {
        var configuration = ConfigurationService.newOverriddenConfigurationService(MigratorReconciler::configure);

        try (var passes = configuration.getExecutorService()) {
            assertThat(passes)
                    .isInstanceOfSatisfying(
                            ThreadPoolExecutor.class,
                            pool -> assertThat(pool.getMaximumPoolSize()).isEqualTo(8));
        }
    }
}
