package net.coderanger.migrations.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names derived from a Migrator's name, which may have 253 characters and dots, for places that allow less. A name that fits
 * stays as it is; any other is cut and ends in a digest of the whole, so that two names never meet.
 */
public final class SafeName {

    /** Longest label value, name part of a qualified name, and DNS label. */
    public static final int MAX = 63;

    private static final int DIGEST_LENGTH = 10;

    private SafeName() {}

    /** A name for label values and qualified names, which may have dots. */
    public static String of(String name, int max) {
        return name.length() <= max ? name : shortened(name, name, max);
    }

    /** A name for DNS labels, which may not have dots: containers, volumes, Jobs whose name becomes a label value. */
    public static String label(String name, int max) {
        var label = name.replace('.', '-');
        return label.equals(name) && name.length() <= max ? name : shortened(label, name, max);
    }

    /** The first {@code length} hexadecimal digits of the SHA-256 digest of a text. */
    public static String digest(String text, int length) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)))
                    .substring(0, length);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String shortened(String readable, String whole, int max) {
        var head = readable.substring(0, Math.min(readable.length(), max - DIGEST_LENGTH - 1));
        return head.replaceAll("[^a-z0-9]+$", "") + "-" + digest(whole, DIGEST_LENGTH);
    }
}
