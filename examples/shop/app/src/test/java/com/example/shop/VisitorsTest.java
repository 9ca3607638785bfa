package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VisitorsTest {

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private HttpServer server;
    private Visitors visitors;

    @BeforeEach
    void a_shop() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Shop-Version", "v7");
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        visitors = new Visitors(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), said::add);
    }

    @AfterEach
    void closed() {
        server.stop(0);
    }

    @Test
    void visits_are_counted_and_the_versions_that_answered_are_named() {
        visitors.visit();
        visitors.visit();

        assertThat(visitors.report()).isEqualTo("visits=2 failed=0 versions=v7");
        assertThat(visitors.report()).isEqualTo("visits=2 failed=0 versions=");
    }

    @Test
    void an_error_page_is_a_failed_visit() {
        status.set(503);
        visitors.visit();

        assertThat(said).containsExactly("failed: status 503");
        assertThat(visitors.report()).isEqualTo("visits=1 failed=1 versions=");
    }

    @Test
    void a_shop_that_is_not_there_is_a_failed_visit() {
        server.stop(0);
        visitors.visit();

        assertThat(said).singleElement().asString().startsWith("failed: java.net.ConnectException");
        assertThat(visitors.report()).startsWith("visits=1 failed=1");
    }

    @Test
    void visitors_keep_coming_and_report_every_second() {
        try (var schedule = visitors.come(Duration.ofMillis(10))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !said.isEmpty());
            schedule.shutdownNow();
        }
        assertThat(said.getFirst()).matches("visits=\\d{2,} failed=0 versions=v7");
    }
}
