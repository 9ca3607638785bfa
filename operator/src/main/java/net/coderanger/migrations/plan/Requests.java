package net.coderanger.migrations.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.coderanger.migrations.api.ControlAnnotation;
import net.coderanger.migrations.api.HandledRequest;

/**
 * What users ask of a Migrator by control annotations, and what this plan answers. A value is answered once: the answer stands in
 * the status, and until it does, on the Job that was made because of it.
 */
final class Requests {

    /**
     * A request without an answer.
     *
     * @param by the user, as admission has stamped it
     */
    record Request(ControlAnnotation what, String value, String by) {

        String revision() {
            return what.revision(value).orElse("");
        }

        /** Whether the value is this one, or begins with it and goes on with words of the user's own. */
        boolean says(String expected) {
            return value.equals(expected) || value.startsWith(expected + " ");
        }
    }

    private final Observation seen;
    private final List<SeenJob> unsettled;
    private final Map<ControlAnnotation, Request> open = new EnumMap<>(ControlAnnotation.class);
    private final Map<ControlAnnotation, HandledRequest> handled = new EnumMap<>(ControlAnnotation.class);
    private final List<HandledRequest> news = new ArrayList<>();

    private Requests(Observation seen, History history) {
        this.seen = seen;
        this.unsettled =
                seen.jobs().stream().filter(job -> !history.has(job.runId())).toList();
    }

    static Requests of(Observation seen, History history) {
        var requests = new Requests(seen, history);
        for (var what : ControlAnnotation.values()) {
            seen.status().handledRequests().stream()
                    .filter(before -> before.request().equals(what.verb()))
                    .findFirst()
                    .ifPresent(before -> requests.handled.put(what, before));
            requests.read(what);
        }
        return requests;
    }

    private void read(ControlAnnotation what) {
        var annotations = SeenPod.orEmpty(seen.migrator().getMetadata().getAnnotations());
        var value = annotations.get(what.key());
        var before = handled.get(what);
        if (value == null || (before != null && before.value().equals(value))) {
            return;
        }
        var by = annotations.get(what.stamp());
        var request = new Request(what, value, Objects.requireNonNullElse(by, ""));
        var job = unsettled.stream()
                .filter(any -> value.equals(Run.annotations(any).get(what.key())))
                .findFirst();
        if (job.isPresent()) {
            answer(request, "Job " + job.get().name() + " was started");
        } else if (by == null) {
            answer(request, "ignored, because nobody has checked who set it: set it again, with another value");
        } else {
            what.invalid(value)
                    .ifPresentOrElse(
                            why -> answer(request, "ignored, because the value " + why), () -> open.put(what, request));
        }
    }

    Optional<Request> open(ControlAnnotation what) {
        return Optional.ofNullable(open.get(what));
    }

    /** Answers a request: it is not open any more. */
    void answer(Request request, String result) {
        open.remove(request.what());
        var answer = new HandledRequest(
                request.what().verb(),
                request.value(),
                request.by().isEmpty() ? null : request.by(),
                Timestamps.of(seen.now()),
                result);
        handled.put(request.what(), answer);
        news.add(answer);
    }

    /** Answers it if it is open. */
    void answer(ControlAnnotation what, String result) {
        open(what).ifPresent(request -> answer(request, result));
    }

    /**
     * A value that would be a new request: the given one, with a word more if it was answered before.
     *
     * @param whats the annotations for which it has to be new
     */
    String unused(String value, ControlAnnotation... whats) {
        var used = Stream.of(whats)
                .flatMap(what -> Optional.ofNullable(handled.get(what)).stream())
                .map(HandledRequest::value)
                .collect(Collectors.toSet());
        return Stream.iterate(value, again -> again + " again")
                .filter(candidate -> !used.contains(candidate))
                .findFirst()
                .orElseThrow();
    }

    /** All answers, those of this plan and those before it, for the status. */
    List<HandledRequest> handled() {
        return List.copyOf(handled.values());
    }

    /** The answers that this plan gives. */
    List<HandledRequest> news() {
        return List.copyOf(news);
    }
}
