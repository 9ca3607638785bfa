package com.example.shop;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** The shop: one image, three commands. */
public final class Shop {

    private static final Duration BETWEEN_VISITS = Duration.ofMillis(100);
    private static final String USAGE = """
            usage: shop COMMAND
              migrate    brings the database to the schema that this version needs
              serve      serves HTTP; refuses to start on an older schema
              visit URL  plays the visitors: asks for the page again and again, and counts
            """;

    private Shop() {}

    public static void main(String... args) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %5$s%n");
        var status = run(System.getenv(), args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /**
     * Runs a command; {@code serve} and {@code visit} go on in threads of their own.
     *
     * @return the exit status: 0, 1 for a failure that was told, 2 for wrong usage
     */
    static int run(Map<String, String> environment, String... args) {
        try {
            if (args.length == 2 && args[0].equals("visit")) {
                new Visitors(URI.create(args[1]), System.out::println).come(BETWEEN_VISITS);
                return 0;
            }
            switch (args.length == 1 ? args[0] : "") {
                case "migrate" -> new Migration(Settings.from(environment)).run();
                case "serve" -> Storefront.open(Settings.from(environment)).closeOnExit();
                default -> {
                    System.err.print(USAGE);
                    return 2;
                }
            }
            return 0;
        } catch (ShopException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
