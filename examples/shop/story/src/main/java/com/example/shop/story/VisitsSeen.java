package com.example.shop.story;

import java.util.regex.Pattern;

/**
 * A line of the visitors' log.
 *
 * @param visits how many there were so far, or -1 in a line that tells one failure
 * @param failed how many of them failed
 * @param versions which versions answered in the last second, separated by commas
 * @param text the line itself
 */
record VisitsSeen(int visits, int failed, String versions, String text) implements Sighting {

    private static final Pattern REPORT = Pattern.compile("visits=(\\d+) failed=(\\d+) versions=(\\S*)");

    static VisitsSeen parse(String line) {
        var report = REPORT.matcher(line);
        return report.matches()
                ? new VisitsSeen(
                        Integer.parseInt(report.group(1)), Integer.parseInt(report.group(2)), report.group(3), line)
                : new VisitsSeen(-1, 0, "", line);
    }

    boolean isReport() {
        return visits >= 0;
    }
}
