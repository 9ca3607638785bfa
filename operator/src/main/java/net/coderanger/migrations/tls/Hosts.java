package net.coderanger.migrations.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.GeneralName;

/** The DNS names and IP addresses by which clients reach the webhook. */
public record Hosts(Set<String> names) {

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    public Hosts {
        names = names.stream().map(Hosts::normal).collect(Collectors.toUnmodifiableSet());
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a serving certificate needs a host");
        }
    }

    /** The names of a Service. The API server asks for the third; the others are for people with curl. */
    public static Hosts ofService(String service, String namespace) {
        var inNamespace = service + "." + namespace;
        return new Hosts(Set.of(service, inNamespace, inNamespace + ".svc", inNamespace + ".svc.cluster.local"));
    }

    /** Whether a certificate is for all of these hosts. */
    boolean coveredBy(X509Certificate certificate) {
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            return alternatives != null
                    && alternatives.stream()
                            .filter(alternative -> alternative.getFirst().equals(DNS_NAME)
                                    || alternative.getFirst().equals(IP_ADDRESS))
                            .map(alternative -> normal((String) alternative.get(1)))
                            .collect(Collectors.toSet())
                            .containsAll(names);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    GeneralName[] generalNames() {
        return new TreeSet<>(names)
                .stream()
                        .map(name ->
                                new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                        .toArray(GeneralName[]::new);
    }

    private static boolean isAddress(String host) {
        return ADDRESS.matcher(host).matches();
    }

    private static String normal(String host) {
        var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return isAddress(bare) ? InetAddress.ofLiteral(bare).getHostAddress() : bare.toLowerCase(java.util.Locale.ROOT);
    }
}
