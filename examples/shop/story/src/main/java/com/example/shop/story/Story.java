package com.example.shop.story;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells and proves the demo's story; run from source: {@code java Story.java narrate|prove ...}. */
public final class Story {

    private static final String USAGE = """
            usage: Story narrate NAMESPACE BOOK START_MILLIS [colour]   cues come in on standard input
                   Story prove NAMESPACE BOOK [colour] [gate-off]
            """;

    private Story() {}

    public static void main(String... args) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var options = Set.of(args);
        if (args.length >= 4 && args[0].equals("narrate")) {
            narrate(args, options.contains("colour"), out);
        } else if (args.length >= 3 && args[0].equals("prove")) {
            System.exit(prove(args, options, out));
        } else {
            System.err.print(USAGE);
            System.exit(2);
        }
    }

    private static void narrate(String[] args, boolean colour, PrintStream out)
            throws IOException, InterruptedException {
        var book = Path.of(args[2]);
        var start = Instant.ofEpochMilli(Long.parseLong(args[3]));
        // However the narrator ends, no kubectl is left behind.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroy)));
        try (var writer = Files.newBufferedWriter(book)) {
            new Narrator(InstantSource.system(), start, out, colour).tell(kubectl(args), System.in, writer);
        }
    }

    /** 0 if the claims hold; with the gate off, if exactly those fail that are the gate's. */
    private static int prove(String[] args, Set<String> options, PrintStream out)
            throws IOException, InterruptedException {
        var ledger = new Ledger(kubectl(args));
        var proofs = Proofs.of(Evidence.of(Path.of(args[2]), ledger.runs(), ledger.starts(), ledger.flyway()));
        print(proofs, options.contains("colour"), out);
        var failed = proofs.stream()
                .filter(proof -> !proof.holds())
                .map(Proof::claim)
                .collect(Collectors.toSet());
        var expected = options.contains("gate-off")
                ? EnumSet.of(Proof.Claim.CLOSED, Proof.Claim.NEVER_RAN)
                : EnumSet.noneOf(Proof.Claim.class);
        return failed.equals(expected) ? 0 : 1;
    }

    private static void print(List<Proof> proofs, boolean colour, PrintStream out) {
        for (var proof : proofs) {
            var tone = proof.holds() ? Line.Tone.GOOD : Line.Tone.BAD;
            var verdict = proof.holds() ? "✔" : "✘";
            var line = verdict + "  " + proof.claim().text();
            out.println(colour ? tone.paint(line) : line);
            proof.evidence().forEach(sentence -> out.println("     " + sentence));
        }
    }

    private static Kubectl kubectl(String[] args) {
        return new Kubectl(args[1], Path.of(args[2] + ".errors"));
    }
}
