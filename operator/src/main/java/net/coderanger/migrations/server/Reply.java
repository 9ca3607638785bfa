package net.coderanger.migrations.server;

import java.nio.charset.StandardCharsets;

/** What is answered to a request. */
public final class Reply {

    public static final int OK = 200;
    public static final int BAD_REQUEST = 400;
    public static final int NOT_FOUND = 404;
    public static final int METHOD_NOT_ALLOWED = 405;
    public static final int TOO_LARGE = 413;
    public static final int INTERNAL_ERROR = 500;
    public static final int UNAVAILABLE = 503;

    private final int status;
    private final String contentType;
    private final byte[] body;

    private Reply(int status, String contentType, byte[] body) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
    }

    /** A line of text for people. */
    public static Reply text(int status, String message) {
        return new Reply(status, "text/plain; charset=utf-8", (message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public static Reply json(byte[] body) {
        return new Reply(OK, "application/json", body);
    }

    /** A page in a format of its own, UTF-8. */
    public static Reply of(String contentType, String body) {
        return new Reply(OK, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    /** The bytes themselves, not a copy: nobody changes them. */
    public byte[] body() {
        return body;
    }
}
