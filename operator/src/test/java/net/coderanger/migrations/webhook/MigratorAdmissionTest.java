package net.coderanger.migrations.webhook;

import static net.coderanger.migrations.webhook.Fixtures.json;
import static net.coderanger.migrations.webhook.Fixtures.migratorUpdate;
import static net.coderanger.migrations.webhook.Fixtures.review;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.coderanger.migrations.webhook.AccessReview.Action;
import net.coderanger.migrations.webhook.AccessReview.User;
import net.coderanger.migrations.webhook.AdmissionVerdict.Allowed;
import net.coderanger.migrations.webhook.AdmissionVerdict.Denied;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigratorAdmissionTest {

    private static final AccessReview ALLOWS = (user, action) -> true;
    private static final AccessReview REFUSES = (user, action) -> false;
    private static final AccessReview ONLY_APPROVES =
            (user, action) -> action.verb().equals("approve");
    private static final AccessReview ONLY_CREATES_JOBS =
            (user, action) -> action.verb().equals("create");

    @Test
    void whoever_may_create_jobs_may_create_migrators() {
        var asked = new ArrayList<Object>();
        AccessReview access = (user, action) -> {
            asked.add(user);
            asked.add(action);
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
                        new Action("create", "batch", "jobs", "shop", ""));
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
    void changing_the_spec_needs_the_right_and_leaving_it_as_it_is_does_not() {
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
        AccessReview broken = (user, action) -> {
            throw new IllegalStateException("no connection");
        };

        assertThat(create(broken, "{selector: {}}"))
                .isEqualTo(
                        new Denied(
                                503,
                                "cannot find out whether jane may create jobs.batch in namespace shop, which this change of a Migrator needs. Try again"));
    }

    @Test
    void whoever_may_not_approve_is_told_how_to_be_granted_it() {
        var asked = new ArrayList<Action>();
        AccessReview access = (user, action) -> {
            asked.add(action);
            return !action.verb().equals("approve");
        };

        assertThat(annotate(access, "{}", "{A/approve: 'shop:v2', A/approve-by: jane}"))
                .isEqualTo(
                        new Denied(
                                403,
                                "user jane may not approve migrators.migrations.coderanger.net db in namespace shop. Whoever approves or rejects a revision, by annotation or by spec.approvedRevision, needs that right. An administrator can grant it: kubectl -n shop create role db-approver --verb=approve --resource=migrators.migrations.coderanger.net --resource-name=db; kubectl -n shop create rolebinding db-approver --role=db-approver --user=jane"));
        assertThat(asked)
                .containsExactly(new Action("approve", "migrations.coderanger.net", "migrators", "shop", "db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"approve", "reject"})
    void a_decision_takes_the_right_to_approve_and_no_other(String verb) {
        var after = "{A/%1$s: 'shop:v2 fine', A/%1$s-by: jane}".formatted(verb);

        assertThat(annotate(ONLY_APPROVES, "{}", after)).isInstanceOf(Allowed.class);
        assertThat(annotate(ONLY_CREATES_JOBS, "{}", after)).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry", "run", "cancel", "baseline", "suspend-run", "resume-run"})
    void everything_else_takes_the_right_to_create_jobs(String verb) {
        var after = "{A/%1$s: now, A/%1$s-by: jane}".formatted(verb);

        assertThat(annotate(ONLY_CREATES_JOBS, "{}", after)).isInstanceOf(Allowed.class);
        assertThat(annotate(ONLY_APPROVES, "{}", after)).isInstanceOf(Denied.class);
    }

    @Test
    void who_approves_and_retries_at_once_needs_both_rights() {
        var after = "{A/approve: 'shop:v2', A/approve-by: jane, A/retry: now, A/retry-by: jane}";

        assertThat(annotate(ALLOWS, "{}", after)).isInstanceOf(Allowed.class);
        assertThat(annotate(ONLY_APPROVES, "{}", after)).isInstanceOf(Denied.class);
        assertThat(annotate(ONLY_CREATES_JOBS, "{}", after)).isInstanceOf(Denied.class);
    }

    @Test
    void the_same_values_again_take_no_right() {
        var annotations = "{A/approve: 'shop:v2', A/approve-by: joe, A/retry: now, A/retry-by: ann}";

        assertThat(annotate(REFUSES, annotations, annotations)).isInstanceOf(Allowed.class);
    }

    @Test
    void to_take_a_request_back_takes_no_right() {
        assertThat(annotate(REFUSES, "{A/approve: 'shop:v2', A/approve-by: joe}", "{a: b}"))
                .isInstanceOf(Allowed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the stamp of another | {} | {A/approve: 'shop:v2', A/approve-by: joe} | annotation migrations.coderanger.net/approve-by must be \"jane\"",
                "no stamp | {} | {A/retry: now} | annotation migrations.coderanger.net/retry-by must be \"jane\"",
                "a stamp without a request | {} | {A/retry-by: jane} | annotation migrations.coderanger.net/retry-by must not be there",
                "another stamp on an old request | {A/run: now, A/run-by: joe} | {A/run: now, A/run-by: jane} | annotation migrations.coderanger.net/run-by must be \"joe\"",
                "an old request that had no stamp | {A/run: now} | {A/run: now, A/run-by: jane} | annotation migrations.coderanger.net/run-by must not be there",
            })
    void a_stamp_that_was_changed_on_its_way_is_refused(String what, String before, String after, String message) {
        assertThat(annotate(ALLOWS, before, after)).isInstanceOfSatisfying(Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(403);
            assertThat(denied.message()).as(what).startsWith(message + ": the operator writes it");
        });
    }

    @Test
    void a_malformed_request_is_refused_when_it_is_made_and_not_for_ever_after() {
        assertThat(annotate(ALLOWS, "{}", "{A/approve: '', A/approve-by: jane}"))
                .isEqualTo(
                        new Denied(
                                422,
                                "annotation migrations.coderanger.net/approve: must not be empty: it is the revision, and if wanted a space and a few words"));
        assertThat(annotate(ALLOWS, "{A/approve: ''}", "{A/approve: '', a: b}")).isInstanceOf(Allowed.class);
    }

    @Test
    void a_new_approved_revision_takes_the_right_to_approve_and_no_other() {
        var before = "{selector: {}, approvedRevision: 'shop:v1'}";

        assertThat(update(ONLY_APPROVES, "{selector: {}}", before)).isInstanceOf(Allowed.class);
        assertThat(update(ONLY_APPROVES, before, "{selector: {}, approvedRevision: 'shop:v2'}"))
                .isInstanceOf(Allowed.class);
        assertThat(update(ONLY_CREATES_JOBS, before, "{selector: {}, approvedRevision: 'shop:v2'}"))
                .isInstanceOf(Denied.class);
        assertThat(update(ONLY_APPROVES, before, "{selector: {}, approvedRevision: 'shop:v2', image: a}"))
                .isInstanceOf(Denied.class);
        assertThat(update(ONLY_CREATES_JOBS, before, "{selector: {}, approvedRevision: 'shop:v1', image: a}"))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void to_take_the_approved_revision_away_is_a_change_of_the_spec_like_any_other() {
        var before = "{selector: {}, approvedRevision: 'shop:v1'}";

        assertThat(update(ONLY_CREATES_JOBS, before, "{selector: {}}")).isInstanceOf(Allowed.class);
        assertThat(update(ONLY_CREATES_JOBS, before, "{selector: {}, approvedRevision: null}"))
                .isInstanceOf(Allowed.class);
        assertThat(update(ONLY_APPROVES, before, "{selector: {}}")).isInstanceOf(Denied.class);
        assertThat(update(REFUSES, "{selector: {}}", "{selector: {}, approvedRevision: null}"))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void a_migrator_that_is_created_approved_takes_both_rights() {
        assertThat(create(ONLY_CREATES_JOBS, "{selector: {}, approvedRevision: 'shop:v1'}"))
                .isInstanceOf(Denied.class);
        assertThat(create(ONLY_APPROVES, "{selector: {}, approvedRevision: 'shop:v1'}"))
                .isInstanceOf(Denied.class);
        assertThat(create(ALLOWS, "{selector: {}, approvedRevision: 'shop:v1'}"))
                .isInstanceOf(Allowed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{labels: {app: shop}}",
                "{annotations: {controller-utils/skip-reconcile: 'true'}}",
                "{ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: a, uid: '1'}]}",
            })
    void whoever_may_only_approve_changes_nothing_else_that_the_operator_acts_upon(String metadata) {
        assertThat(change(ONLY_APPROVES, "{}", metadata)).isInstanceOf(Denied.class);
        assertThat(change(ONLY_CREATES_JOBS, "{}", metadata)).isInstanceOf(Allowed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}, finalizers: [example.com/keep]}",
                "{ownerReferences: [{uid: '1'}, {uid: '2', blockOwnerDeletion: true}]} | {ownerReferences: [{uid: '2', blockOwnerDeletion: false}]}",
            })
    void what_the_operator_does_not_act_upon_and_what_the_garbage_collector_does_takes_no_right(
            String before, String after) {
        assertThat(change(REFUSES, before, after)).isInstanceOf(Allowed.class);
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
        return update(access, "{}", before, "{}", after);
    }

    /** Annotations; {@code A} stands for the operator's prefix. */
    private static AdmissionVerdict annotate(AccessReview access, String before, String after) {
        return change(access, "{annotations: " + before + "}", "{annotations: " + after + "}");
    }

    private static AdmissionVerdict change(AccessReview access, String metadataBefore, String metadataAfter) {
        return update(access, metadataBefore, "{selector: {}}", metadataAfter, "{selector: {}}");
    }

    private static AdmissionVerdict update(
            AccessReview access, String metadataBefore, String specBefore, String metadataAfter, String specAfter) {
        var request = migratorUpdate(
                json("{metadata: " + prefixed(metadataBefore) + ", spec: " + specBefore + "}"),
                json("{metadata: " + prefixed(metadataAfter) + ", spec: " + specAfter + "}"));
        return new MigratorAdmission(access).review(new AdmissionRequest(request.path("request")));
    }

    private static String prefixed(String metadata) {
        return metadata.replace("A/", "migrations.coderanger.net/");
    }
}
