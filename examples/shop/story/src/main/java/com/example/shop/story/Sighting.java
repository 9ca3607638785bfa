package com.example.shop.story;

/** What was seen of one object at one moment. */
sealed interface Sighting permits PodSeen, JobSeen, MigratorSeen, VisitsSeen, Cue {

    /** Where sightings come from; the name stands in the book. */
    enum Source {
        POD,
        JOB,
        MIGRATOR,
        VISITS,
        CUE
    }

    static Sighting parse(Source source, String text) {
        return switch (source) {
            case POD -> PodSeen.of(Json.parse(text));
            case JOB -> JobSeen.of(Json.parse(text));
            case MIGRATOR -> MigratorSeen.of(Json.parse(text));
            case VISITS -> VisitsSeen.parse(text);
            case CUE -> Cue.parse(text);
        };
    }
}
