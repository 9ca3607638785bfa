package net.coderanger.migrations.plan;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.coderanger.migrations.api.Annotations;
import net.coderanger.migrations.api.Gates;
import net.coderanger.migrations.api.SafeName;
import org.jspecify.annotations.Nullable;

/** What has to be migrated before a pod may start: the image that its template names, or what the template's annotation says. */
public final class Revision {

    /** What a revision may be: it stands in annotations, in the values of control annotations, and in commands that people copy. */
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,511}");

    private static final int DIGEST_LENGTH = 16;

    private Revision() {}

    /** Whether a text may be a revision. */
    public static boolean legal(String text) {
        return LEGAL.matcher(text).matches();
    }

    /** Text that may not is told from any other by its digest. An image of such a name cannot be pulled. */
    private static String made(String text) {
        return legal(text) ? text : "illegal-" + SafeName.digest(text, DIGEST_LENGTH);
    }

    /**
     * The revision of a pod template.
     *
     * @param template a workload's template, or that of a pod's immediate controller
     * @param container {@code spec.container}; a template without that container counts by its first, as in the original
     * @return empty if the template has no containers
     */
    public static Optional<String> of(PodTemplateSpec template, @Nullable String container) {
        var annotated = annotation(template);
        return annotated
                .or(() -> container(template, container)
                        .or(() -> containers(template).stream().findFirst())
                        .map(Container::getImage))
                .map(Revision::made);
    }

    /** The selected container: the named one, or the first when no name is given. */
    static Optional<Container> container(PodTemplateSpec template, @Nullable String name) {
        return containers(template).stream()
                .filter(container -> name == null || name.equals(container.getName()))
                .findFirst();
    }

    static List<Container> containers(PodTemplateSpec template) {
        var spec = template.getSpec();
        return spec == null || spec.getContainers() == null
                ? List.of()
                : spec.getContainers().stream()
                        .filter(container -> !Gates.isWaiter(container.getName()))
                        .toList();
    }

    private static Optional<String> annotation(PodTemplateSpec template) {
        return Optional.ofNullable(template.getMetadata())
                .map(metadata -> metadata.getAnnotations())
                .map(annotations -> annotations.get(Annotations.REVISION))
                .filter(value -> !value.isBlank());
    }
}
