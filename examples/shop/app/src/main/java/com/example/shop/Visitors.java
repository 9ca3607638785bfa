package com.example.shop;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks for a page again and again, each time over a new connection, and says once a second how that went. */
final class Visitors {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final URI page;
    private final Consumer<String> out;
    private int visits;
    private int failures;
    private final Map<String, Integer> lately = new TreeMap<>();

    Visitors(URI page, Consumer<String> out) {
        this.page = page;
        this.out = out;
        // A connection that is kept would always lead to the same pod.
        System.setProperty("http.keepAlive", "false");
    }

    /** Sends visitors until the returned schedule is shut down. */
    ScheduledExecutorService come(Duration betweenVisits) {
        var schedule = Executors.newSingleThreadScheduledExecutor();
        schedule.scheduleAtFixedRate(this::visit, 0, betweenVisits.toMillis(), TimeUnit.MILLISECONDS);
        schedule.scheduleAtFixedRate(() -> out.accept(report()), 1, 1, TimeUnit.SECONDS);
        return schedule;
    }

    /** One visit. */
    void visit() {
        visits++;
        try {
            var connection = (HttpURLConnection) page.toURL().openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            var status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                failed("status " + status);
                return;
            }
            try (var body = connection.getInputStream()) {
                body.readAllBytes();
            }
            lately.merge(String.valueOf(connection.getHeaderField("Shop-Version")), 1, Integer::sum);
        } catch (IOException | RuntimeException e) {
            // Whatever went wrong, the next visitor comes all the same.
            failed(e.toString());
        }
    }

    /** How many visits there were and how many of them failed, since the start; which versions answered, since the last report. */
    String report() {
        var report = "visits=" + visits + " failed=" + failures + " versions=" + String.join(",", lately.keySet());
        lately.clear();
        return report;
    }

    private void failed(String why) {
        failures++;
        out.accept("failed: " + why);
    }
}
