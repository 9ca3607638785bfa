package com.example.shop.story;

import java.util.List;

/**
 * Whether a claim holds, and what shows it.
 *
 * @param evidence sentences, those that speak against the claim among them
 */
record Proof(Claim claim, boolean holds, List<String> evidence) {

    /** What the demo sets out to show. */
    enum Claim {
        ONCE("Each migration ran exactly once"),
        CLOSED("No container of a version started before its migration had succeeded"),
        NEVER_RAN("The version whose migration failed never ran"),
        ROLLBACK("The rollback started at once and migrated nothing"),
        SERVED("No request failed meanwhile"),
        REMEMBERED("The Migrator still says what happened, and why v3 failed");

        private final String text;

        Claim(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }
}
