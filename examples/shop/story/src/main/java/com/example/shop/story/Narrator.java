package com.example.shop.story;

import com.example.shop.story.Sighting.Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Watches a namespace, tells what happens there, and writes down every sighting. Ends when its cues end. */
final class Narrator {

    private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Instant start;
    private final PrintStream out;
    private final boolean colour;
    private final BlockingQueue<Seen> queue = new LinkedBlockingQueue<>();
    private volatile boolean listening = true;

    private record Seen(Instant at, Source source, String text) {}

    Narrator(InstantSource clock, Instant start, PrintStream out, boolean colour) {
        this.clock = clock;
        this.start = start;
        this.out = out;
        this.colour = colour;
    }

    /** Tells the story to its end. */
    void tell(Kubectl kubectl, InputStream cues, Writer book) throws IOException, InterruptedException {
        watch(kubectl, Source.POD, "pods");
        watch(kubectl, Source.JOB, "jobs");
        watch(kubectl, Source.MIGRATOR, "migrators.migrations.coderanger.net");
        kubectl.keepFollowing(
                () -> listening, "\n", line -> see(Source.VISITS, line), "logs", "-f", "--tail=1", "visitors");
        Thread.ofVirtual().start(() -> listen(cues));

        var narration = new Narration();
        var telling = new Telling();
        while (listening || !queue.isEmpty()) {
            var seen = queue.poll(100, TimeUnit.MILLISECONDS);
            while (seen != null) {
                book.write(seen.at().toEpochMilli() + " " + seen.source() + " " + seen.text() + "\n");
                var at = seen.at();
                narration.hear(Sighting.parse(seen.source(), seen.text()), at).forEach(line -> telling.add(at, line));
                seen = queue.poll();
            }
            telling.due(clock.instant()).forEach(this::print);
        }
        telling.due(clock.instant().plus(LAST_MOMENT)).forEach(this::print);
    }

    /** kubectl prints one object after another, each over several lines, of which only the last is a lone brace. */
    private void watch(Kubectl kubectl, Source source, String kind) {
        kubectl.keepFollowing(
                () -> listening,
                "\n}\n",
                text -> see(source, text.replaceAll("\\n *", "") + "}"),
                "get",
                kind,
                "--watch",
                "--output=json");
    }

    private void see(Source source, String text) {
        queue.add(new Seen(clock.instant(), source, text));
    }

    private void listen(InputStream cues) {
        try (var reader = new BufferedReader(new InputStreamReader(cues, StandardCharsets.UTF_8))) {
            reader.lines().forEach(line -> see(Source.CUE, line));
        } catch (IOException e) {
            see(Source.CUE, "NOTE the demo can no longer be heard: " + e.getMessage());
        }
        listening = false;
    }

    private void print(Telling.Told told) {
        var seconds = Duration.between(start, told.at()).toMillis() / 1000.0;
        var line = told.line();
        if (line.tone() == Line.Tone.ACT) {
            out.println();
        }
        out.printf(Locale.ROOT, "%6.1fs  %s%n", seconds, colour ? line.tone().paint(line.text()) : line.text());
        out.flush();
    }
}
