package net.coderanger.migrations.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import net.coderanger.migrations.webhook.AdmissionListener;

/** Times the webhook's answers. */
final class WebhookMeters implements AdmissionListener {

    private static final Duration[] ANSWERS = {
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private record Answer(Webhook webhook, Result result) {}

    private final Map<Answer, Timer> answers = new HashMap<>();

    WebhookMeters(MeterRegistry registry) {
        for (var webhook : Webhook.values()) {
            for (var result : results(webhook)) {
                answers.put(
                        new Answer(webhook, result),
                        Timer.builder("migrations.webhook.duration")
                                .description("From a request of the API server to the webhook's answer.")
                                .tag("webhook", label(webhook))
                                .tag("result", label(result))
                                .serviceLevelObjectives(ANSWERS)
                                .register(registry));
            }
        }
    }

    @Override
    public void answered(Webhook webhook, Result result, Duration took) {
        Objects.requireNonNull(answers.get(new Answer(webhook, result))).record(took);
    }

    private static List<Result> results(Webhook webhook) {
        return switch (webhook) {
            case PODS -> List.of(Result.ALLOWED, Result.GATED, Result.DENIED, Result.ERROR);
            case STAMPS -> List.of(Result.ALLOWED, Result.STAMPED, Result.DENIED, Result.ERROR);
            case MIGRATORS -> List.of(Result.ALLOWED, Result.DENIED, Result.ERROR);
        };
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
