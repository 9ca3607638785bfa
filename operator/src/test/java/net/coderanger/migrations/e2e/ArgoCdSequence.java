package net.coderanger.migrations.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import net.coderanger.migrations.e2e.ArgoCdApplication.Commit;
import net.coderanger.migrations.e2e.ArgoCdApplication.Seen;

/** Draws what Argo CD has shown of an Application, from left to right as time passed: the picture in {@code docs/argo-cd.md}. */
@SuppressWarnings({"AnnotateFormatMethod", "InlineFormatString"}) // a page of SVG is easier to read by itself
final class ArgoCdSequence {

    private static final int WIDTH = 960;
    private static final int LEFT = 130;
    private static final int RIGHT = 20;
    private static final int NUMBERS = 40;
    private static final int BAR = 28;
    private static final int LANE = 44;
    private static final int FIRST_LANE = 70;
    private static final int LINE = 22;
    private static final int LONGEST_MESSAGE = 118;
    private static final double CHARACTER = 7.5;
    private static final double NANOS = 1e9;
    private static final String PICTURE = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-labelledby="title description" font-family="-apple-system, BlinkMacSystemFont, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="14">
              <title id="title">What Argo CD shows while an application goes from version to version</title>
              <desc id="description">%3$s</desc>
              <style>
                .panel { fill: #ffffff; stroke: #d0d7de; }
                .text { fill: #1f2328; }
                .soft { fill: #59636e; }
                .line { stroke: #8c959f; stroke-dasharray: 3 4; }
                .Progressing, .Running { fill: #d3e5ff; stroke: #2f6fd0; }
                .Healthy, .Succeeded { fill: #cfefd6; stroke: #2c8a45; }
                .Degraded, .Failed { fill: #ffd8d3; stroke: #b3261e; }
                .Suspended { fill: #fff1c9; stroke: #b08800; }
                .Missing, .Unknown { fill: #dde3e9; stroke: #8c959f; }
                @media (prefers-color-scheme: dark) {
                  .panel { fill: #151b23; stroke: #3d444d; }
                  .text { fill: #f0f6fc; }
                  .soft { fill: #a4adb8; }
                  .line { stroke: #656c76; }
                  .Progressing, .Running { fill: #15325c; stroke: #6ca4f8; }
                  .Healthy, .Succeeded { fill: #173d22; stroke: #4fb96b; }
                  .Degraded, .Failed { fill: #5c1d18; stroke: #ff9a92; }
                  .Suspended { fill: #453a14; stroke: #d4a72c; }
                  .Missing, .Unknown { fill: #2b323b; stroke: #656c76; }
                }
              </style>
              <rect class="panel" x="0.5" y="0.5" width="%4$d" height="%5$d" rx="10"/>
            %6$s</svg>
            """;

    private record Stretch(String value, long from, long to) {}

    private final List<Seen> seen;
    private final List<Commit> commits;
    private final long began;
    private final long ended;
    private final StringBuilder drawn = new StringBuilder();

    private ArgoCdSequence(List<Seen> seen, List<Commit> commits, long ended) {
        this.seen = seen;
        this.commits = commits;
        this.began = commits.getFirst().at();
        this.ended = ended;
    }

    /**
     * Draws it as SVG.
     *
     * @param seen in the order of time
     * @param commits what was delivered, in the order of time
     * @param ended when the picture ends, as {@link System#nanoTime}
     */
    static String svg(List<Seen> seen, List<Commit> commits, long ended) {
        return new ArgoCdSequence(seen, commits, ended).svg();
    }

    private String svg() {
        commits.forEach(this::commit);
        lane("Sync", 0, Seen::operation);
        lane("Application", 1, Seen::health);
        lane("Migrator", 2, Seen::migrator);
        var messages = stretches(Seen::message);
        var y = FIRST_LANE + 3 * LANE + 14;
        for (var number = 1; number <= messages.size(); number++) {
            message(number, messages.get(number - 1), y);
            y += LINE;
        }
        var height = y + 4;
        return PICTURE.formatted(WIDTH, height, description(), WIDTH - 1, height - 1, drawn);
    }

    private String description() {
        var words = new StringBuilder("Time runs from left to right, for " + seconds(ended) + ". ");
        for (var stretch : stretches(Seen::health)) {
            words.append("The Application is %s at %s. ".formatted(stretch.value(), seconds(stretch.from())));
        }
        return words.toString().strip();
    }

    private void commit(Commit commit) {
        var x = x(commit.at());
        draw("<path class=\"line\" d=\"M%.1f 44 V%d\"/>", x, FIRST_LANE + 3 * LANE - 10);
        var fits = x + commit.message().length() * CHARACTER < WIDTH - RIGHT;
        draw(
                "<text class=\"text\" x=\"%.1f\" y=\"34\" text-anchor=\"%s\">%s</text>",
                x, fits ? "start" : "end", escaped(commit.message()));
    }

    private void lane(String name, int number, Function<Seen, String> property) {
        var y = FIRST_LANE + number * LANE;
        draw("<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 14, y + 19, name);
        for (var stretch : stretches(property)) {
            var x = x(stretch.from());
            var width = Math.max(1, x(stretch.to()) - x);
            draw(
                    "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"4\"><title>%s from %s</title></rect>",
                    stretch.value(), x, y, width, BAR, stretch.value(), seconds(stretch.from()));
            if (width > stretch.value().length() * CHARACTER) {
                draw(
                        "<text class=\"text\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"12\">%s</text>",
                        x + width / 2, y + 18, stretch.value());
            }
        }
    }

    private void message(int number, Stretch message, int y) {
        var text = message.value().lines().findFirst().orElse("");
        var shown = text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) + "…" : text;
        draw(
                "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"10\">%d</text>",
                x(message.from()), FIRST_LANE + 3 * LANE - 6 + (number % 2 == 0 ? 8 : 0), number);
        draw("<text class=\"soft\" x=\"%d\" y=\"%d\" font-size=\"12\">%d</text>", NUMBERS, y + LINE / 2, number);
        draw(
                "<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"end\" font-size=\"12\">%s</text>",
                LEFT - 14, y + LINE / 2, seconds(message.from()));
        draw("<text class=\"text\" x=\"%d\" y=\"%d\" font-size=\"12\">%s</text>", LEFT, y + LINE / 2, escaped(shown));
    }

    private List<Stretch> stretches(Function<Seen, String> property) {
        var stretches = new ArrayList<Stretch>();
        for (var index = 0; index < seen.size(); index++) {
            var value = property.apply(seen.get(index));
            var from = Math.max(began, seen.get(index).at());
            var to = index + 1 < seen.size()
                    ? Math.max(began, seen.get(index + 1).at())
                    : ended;
            if (!stretches.isEmpty() && stretches.getLast().value().equals(value)) {
                from = stretches.removeLast().from();
            }
            stretches.add(new Stretch(value, from, to));
        }
        return stretches.stream().filter(stretch -> !stretch.value().isEmpty()).toList();
    }

    private double x(long at) {
        return LEFT + (at - began) * (double) (WIDTH - LEFT - RIGHT) / (ended - began);
    }

    private String seconds(long at) {
        return String.format(Locale.ROOT, "%.1f s", (at - began) / NANOS);
    }

    private void draw(String element, Object... values) {
        drawn.append("  ").append(String.format(Locale.ROOT, element, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
