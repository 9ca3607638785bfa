package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.coderanger.migrations.webhook.AccessReview.User;
import net.coderanger.migrations.webhook.AdmissionVerdict.Allowed;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigratorAdmissionTest {

    private static final AccessReview ALLOWS = (user, namespace) -> true;
    private static final AccessReview REFUSES = (user, namespace) -> false;

    @Test
    void whoever_may_create_jobs_may_create_migrators() {
        var asked = new ArrayList<Object>();
        AccessReview access = (user, namespace) -> {
            asked.add(user);
            asked.add(namespace);
            return true;
        };

        assertThat(create(access, "{selector: {}}")).isInstanceOf(Allowed.class);
        assertThat(asked)
                .containsExactly(
                        new User(
                                "jane",
                                "1",
                                List.of("devs", "system:authenticated"),
                                Map.of("scope", List.of("a", "b"))),
                        "shop");
    }

    @Test
    void whoever_may_not_create_jobs_is_told_how_to_be_granted_it() {
        assertThat(create(REFUSES, "{selector: {}}"))
                .isEqualTo(
                        new Denied(
                                403,
                                "user jane may not create jobs.batch in namespace shop. A Migrator runs Jobs, so whoever creates or changes one needs that right. An administrator can grant it: kubectl -n shop create role job-creator --verb=create --resource=jobs.batch; kubectl -n shop create rolebinding job-creator --role=job-creator --user=jane"));
    }

    @Test
    void changing_the_spec_needs_the_right_and_changing_anything_else_does_not() {
        assertThat(update(REFUSES, "{selector: {}, image: a}", "{selector: {}, image: b}"))
                .isInstanceOf(Denied.class);
        assertThat(update(REFUSES, "{selector: {}, image: a}", "{image: a, selector: {}}"))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void an_old_migrator_with_an_invalid_selector_can_still_be_annotated() {
        var invalid = "{selector: {matchExpressions: [{key: a, operator: In}]}}";

        assertThat(update(ALLOWS, invalid, invalid)).isInstanceOf(Allowed.class);
    }

    @Test
    void an_access_review_that_fails_refuses_the_migrator() {
        AccessReview broken = (user, namespace) -> {
            throw new IllegalStateException("no connection");
        };

        assertThat(create(broken, "{selector: {}}"))
                .isEqualTo(
                        new Denied(
                                503,
                                "cannot find out whether jane may create Jobs in namespace shop, which a Migrator needs. Try again"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{selector: {matchExpressions: [{key: a, operator: In}]}} | spec.selector.matchExpressions[0]: operator In needs values",
                "{selector: {matchLabels: {'a b': c}}} | spec.selector.matchLabels: \"a b\" is not a label key",
                "{selector: {}, templateSelector: {matchExpressions: [{key: a, operator: Is}]}} | spec.templateSelector.matchExpressions[0]: operator \"Is\" is not one of In, NotIn, Exists, DoesNotExist",
                "{selector: text} | spec.selector: is not a label selector",
            })
    void a_selector_that_selects_nothing_is_refused(String spec, String message) {
        assertThat(create(ALLOWS, spec)).isEqualTo(new Denied(422, message));
    }

    @Test
    void deletions_and_subresources_are_none_of_its_business() {
        var deletion = review("migrators", "DELETE", "shop");
        var status = review("migrators", "UPDATE", "shop");
        ((ObjectNode) status.path("request")).put("subResource", "status").set("object", json("{spec: {a: b}}"));

        var admission = new MigratorAdmission(REFUSES);

        assertThat(admission.review(new AdmissionRequest(deletion.path("request"))))
                .isInstanceOf(Allowed.class);
        assertThat(admission.review(new AdmissionRequest(status.path("request"))))
                .isInstanceOf(Allowed.class);
    }

    private static AdmissionVerdict create(AccessReview access, String spec) {
        var review = review("migrators", "CREATE", "shop");
        ((ObjectNode) review.path("request")).putObject("object").set("spec", json(spec));
        return new MigratorAdmission(access).review(new AdmissionRequest(review.path("request")));
    }

    private static AdmissionVerdict update(AccessReview access, String before, String after) {
        var review = review("migrators", "UPDATE", "shop");
        var request = (ObjectNode) review.path("request");
        request.putObject("oldObject").set("spec", json(before));
        request.putObject("object").set("spec", json(after));
        return new MigratorAdmission(access).review(new AdmissionRequest(request));
    }
}
