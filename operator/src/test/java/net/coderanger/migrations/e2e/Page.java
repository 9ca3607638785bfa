package net.coderanger.migrations.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A how-to page, whose blocks the tests apply as they stand there. */
final class Page {

    private static final Path FOLDER = Path.of("..", "docs", "how-to");

    private final String name;
    private final String text;

    private Page(String name, String text) {
        this.name = name;
        this.text = text;
    }

    static Page named(String name) {
        try {
            return new Page(name, Files.readString(FOLDER.resolve(name + ".md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page's only YAML block with this text in it. */
    String yaml(String with) {
        return block("yaml", with);
    }

    /** The page's only SQL block. */
    String sql() {
        return block("sql", "");
    }

    private String block(String language, String with) {
        var blocks = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains(with))
                .toList();
        assertThat(blocks).as("blocks of %s with %s", name, with).hasSize(1);
        return blocks.getFirst();
    }
}
