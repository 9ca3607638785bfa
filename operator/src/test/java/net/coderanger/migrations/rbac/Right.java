package net.coderanger.migrations.rbac;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One thing that a role allows: the smallest part of a rule.
 *
 * @param namespace where; empty for everywhere
 * @param resource with its subresource, as in a rule
 * @param names of the objects; empty for all
 */
public record Right(String namespace, String group, String resource, String verb, Set<String> names) {

    /** What a role allows. */
    public static Stream<Right> of(String namespace, List<PolicyRule> rules) {
        return rules.stream()
                .flatMap(rule -> rule.getApiGroups().stream()
                        .flatMap(group -> rule.getResources().stream()
                                .flatMap(resource -> rule.getVerbs().stream()
                                        .map(verb -> new Right(
                                                namespace,
                                                group,
                                                resource,
                                                verb,
                                                Set.copyOf(rule.getResourceNames()))))));
    }

    /** The right that a request has used. Of several it is the narrowest, as each of the others is there for something else. */
    public static Optional<Right> usedBy(AuditedRequest request, List<Right> rights) {
        return rights.stream()
                .filter(right -> right.allows(request))
                .min(Comparator.<Right, Boolean>comparing(right -> right.names().isEmpty())
                        .thenComparing(right -> right.namespace().isEmpty()));
    }

    private boolean allows(AuditedRequest request) {
        return (namespace.isEmpty() || namespace.equals(request.namespace()))
                && group.equals(request.group())
                && resource.equals(request.resource())
                && verb.equals(request.verb())
                && (names.isEmpty() || names.contains(request.name()));
    }
}
