package net.coderanger.migrations.plan;

/** Reads container image references. */
final class ImageReference {

    private ImageReference() {}

    /** The reference without its tag and digest: {@code registry:5000/team/app} of {@code registry:5000/team/app:v2@sha256:…}. */
    static String repository(String image) {
        var digest = image.indexOf('@');
        var named = digest < 0 ? image : image.substring(0, digest);
        var tag = named.lastIndexOf(':');
        return tag > named.lastIndexOf('/') ? named.substring(0, tag) : named;
    }
}
