package net.coderanger.migrations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where does an image come from? */
class ImageReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "shop, shop",
        "shop:v1, shop",
        "team/shop:v1, team/shop",
        "registry.example.com/team/shop:v1, registry.example.com/team/shop",
        "registry.example.com:5000/team/shop, registry.example.com:5000/team/shop",
        "registry.example.com:5000/team/shop:v1, registry.example.com:5000/team/shop",
        "shop@sha256:0123, shop",
        "registry.example.com:5000/shop:v1@sha256:0123, registry.example.com:5000/shop",
        "localhost:5000/shop@sha256:0123, localhost:5000/shop",
        "'', ''",
        "schema-12, schema-12"
    })
    void the_repository_is_the_reference_without_tag_and_digest(String image, String repository) {
        assertThat(ImageReference.repository(image)).isEqualTo(repository);
    }
}
