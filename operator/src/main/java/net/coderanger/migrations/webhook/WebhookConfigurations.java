package net.coderanger.migrations.webhook;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MatchCondition;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Migrator;

/**
 * What the API server asks the operator about, and what it does when there is no answer. A pod comes under one of three entries,
 * which exclude each other:
 *
 * <ul>
 *   <li>pods of namespaces that have Migrators are refused when there is no answer;
 *   <li>so are pods of other namespaces whose annotations ask for a gate;
 *   <li>all other pods start when there is no answer at once. That entry covers the moment between a namespace's first Migrator
 *       and the API server's knowledge of it.
 * </ul>
 *
 * <p>With watched namespaces, nothing is asked about any other.
 *
 * <p>Every field is written, also those with a default, so that what was written can be compared with what is there.
 */
final class WebhookConfigurations {

    static final String GATE = "gate." + Migrator.GROUP;
    static final String DECLARED = "declared." + Migrator.GROUP;
    static final String FIRST = "first." + Migrator.GROUP;
    static final String STAMPS = "stamps." + Migrator.GROUP;
    static final String MIGRATORS = "migrators." + Migrator.GROUP;

    /** The watched namespaces, separated by commas; empty for all. */
    static final String WATCHED = Migrator.GROUP + "/watched-namespaces";

    private static final int FIRST_TIMEOUT_SECONDS = 1;
    private static final String FAIL = "Fail";
    private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";
    private static final String APP = "app.kubernetes.io/name";
    private static final String OWN_APP = "migrations-operator";
    private static final String NOT_NO_WAIT = "!(" + annotationIs(Annotations.NO_WAIT, "true") + ")";
    private static final String DECLARES =
            annotationIs(Annotations.REQUIRED, "true") + " || " + hasAnnotation(Annotations.WAIT_FOR);

    private final WebhookTarget target;

    WebhookConfigurations(WebhookTarget target) {
        this.target = target;
    }

    /**
     * For pods, and for the stamps of Migrators.
     *
     * @param namespaces those that have Migrators
     * @param caBundle base64 of the PEM certificates to trust; empty for those that the API server trusts anyway
     */
    MutatingWebhookConfiguration mutating(Set<String> namespaces, String caBundle) {
        var client = target.client(AdmissionHandler.PODS_PATH, caBundle);
        var withMigrators = watched(namespaces);
        var others = others(withMigrators);
        var entries = new ArrayList<MutatingWebhook>();
        if (!withMigrators.isEmpty()) {
            entries.add(pods(GATE, client, namespaces("In", withMigrators)).build());
        }
        others.ifPresent(selector -> entries.add(pods(DECLARED, client, selector)
                .addToMatchConditions(new MatchCondition(DECLARES, "declares-a-gate"))
                .build()));
        others.filter(selector -> target.gateOtherNamespaces())
                .ifPresent(selector -> entries.add(pods(FIRST, client, selector)
                        .addToMatchConditions(new MatchCondition("!(" + DECLARES + ")", "declares-no-gate"))
                        .withFailurePolicy("Ignore")
                        .withTimeoutSeconds(FIRST_TIMEOUT_SECONDS)
                        .build()));
        entries.add(stamps(caBundle));
        return new MutatingWebhookConfigurationBuilder()
                .withMetadata(metadata())
                .withWebhooks(entries)
                .build();
    }

    /** For Migrators; see {@link #mutating}. */
    ValidatingWebhookConfiguration validating(String caBundle) {
        return new ValidatingWebhookConfigurationBuilder()
                .withMetadata(metadata())
                .addNewWebhook()
                .withName(MIGRATORS)
                .withClientConfig(target.client(AdmissionHandler.MIGRATORS_PATH, caBundle))
                .withRules(migrators())
                .withFailurePolicy(FAIL)
                .withMatchPolicy("Equivalent")
                .withNamespaceSelector(namespaces("In", target.watched()))
                .withObjectSelector(new LabelSelector())
                .withSideEffects("None")
                .withTimeoutSeconds(target.timeoutSeconds())
                .withAdmissionReviewVersions("v1")
                .endWebhook()
                .build();
    }

    private MutatingWebhook stamps(String caBundle) {
        return new MutatingWebhookBuilder()
                .withName(STAMPS)
                .withClientConfig(target.client(AdmissionHandler.STAMPS_PATH, caBundle))
                .withRules(migrators())
                .withFailurePolicy(FAIL)
                .withMatchPolicy("Equivalent")
                .withNamespaceSelector(namespaces("In", target.watched()))
                .withObjectSelector(new LabelSelector())
                // Others may change a control annotation after us; the stamp has to be of what is stored.
                .withReinvocationPolicy("IfNeeded")
                .withSideEffects("None")
                .withTimeoutSeconds(target.timeoutSeconds())
                .withAdmissionReviewVersions("v1")
                .build();
    }

    private MutatingWebhookBuilder pods(String name, WebhookClientConfig client, LabelSelector namespaces) {
        return new MutatingWebhookBuilder()
                .withName(name)
                .withClientConfig(client)
                .withRules(rule("", "v1", "pods", "CREATE"))
                .withFailurePolicy(FAIL)
                .withMatchPolicy("Equivalent")
                .withNamespaceSelector(namespaces)
                // The operator must be able to start while no operator answers.
                .withObjectSelector(new LabelSelectorBuilder()
                        .addToMatchExpressions(new LabelSelectorRequirementBuilder()
                                .withKey(APP)
                                .withOperator("NotIn")
                                .withValues(OWN_APP)
                                .build())
                        .build())
                .addToMatchConditions(new MatchCondition(NOT_NO_WAIT, "may-wait"))
                // Others may put containers before the waiters; asked again, the operator brings these to the front.
                .withReinvocationPolicy("IfNeeded")
                .withSideEffects("None")
                .withTimeoutSeconds(target.timeoutSeconds())
                .withAdmissionReviewVersions("v1");
    }

    private ObjectMeta metadata() {
        return new ObjectMetaBuilder()
                .withName(target.name())
                // else AKS adds its own namespaces to every selector, as often as the operator takes them off again
                .withLabels(Map.of(APP, OWN_APP, "admissions.enforcer/disabled", "true"))
                .withAnnotations(Map.of(WATCHED, listed(target.watched())))
                .build();
    }

    static String listed(Set<String> namespaces) {
        return String.join(",", new TreeSet<>(namespaces));
    }

    private static RuleWithOperations migrators() {
        return rule(Migrator.GROUP, "*", "migrators", "CREATE", "UPDATE");
    }

    private static RuleWithOperations rule(String group, String version, String resource, String... operations) {
        return new RuleWithOperationsBuilder()
                .withApiGroups(group)
                .withApiVersions(version)
                .withResources(resource)
                .withOperations(operations)
                .withScope("Namespaced")
                .build();
    }

    /** A replica may know of Migrators in namespaces that are watched no more. */
    private Set<String> watched(Set<String> namespaces) {
        var both = new TreeSet<>(namespaces);
        if (!target.watched().isEmpty()) {
            both.retainAll(target.watched());
        }
        return both;
    }

    /** Those that have no Migrators; empty if there are none such. */
    private Optional<LabelSelector> others(Set<String> withMigrators) {
        if (target.watched().isEmpty()) {
            return Optional.of(namespaces("NotIn", withMigrators));
        }
        var rest = new TreeSet<>(target.watched());
        rest.removeAll(withMigrators);
        return rest.isEmpty() ? Optional.empty() : Optional.of(namespaces("In", rest));
    }

    /** All namespaces, if no names are given. */
    private static LabelSelector namespaces(String operator, Set<String> names) {
        return names.isEmpty()
                ? new LabelSelector()
                : new LabelSelector(
                        List.of(new LabelSelectorRequirementBuilder()
                                .withKey(NAMESPACE_NAME)
                                .withOperator(operator)
                                .withValues(List.copyOf(new TreeSet<>(names)))
                                .build()),
                        null);
    }

    private static String hasAnnotation(String key) {
        return "(has(object.metadata.annotations) && '" + key + "' in object.metadata.annotations)";
    }

    private static String annotationIs(String key, String value) {
        return "(has(object.metadata.annotations) && '" + key + "' in object.metadata.annotations"
                + " && object.metadata.annotations['" + key + "'] == '" + value + "')";
    }
}
