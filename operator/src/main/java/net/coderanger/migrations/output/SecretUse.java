package net.coderanger.migrations.output;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the containers of a pod get from a Secret, as variables or files.
 *
 * @param secret the Secret's name
 * @param key which of its values; empty: all of them
 * @param optional whether the pod starts without it
 */
public record SecretUse(String secret, Optional<String> key, boolean optional) {

    /** All that a pod's containers get from Secrets. */
    public static List<SecretUse> of(PodSpec pod) {
        var containers = Stream.concat(stream(pod.getInitContainers()), stream(pod.getContainers()))
                .toList();
        return Stream.of(
                        containers.stream().flatMap(SecretUse::variables),
                        containers.stream().flatMap(SecretUse::allVariables),
                        stream(pod.getVolumes()).flatMap(SecretUse::files))
                .flatMap(uses -> uses)
                .distinct()
                .toList();
    }

    /**
     * The values, in base64.
     *
     * @param current the Secret as it is now; null if there is none
     * @return empty if the pod could not start with the Secret as it is now, so that it must have been another when it did
     */
    public Optional<List<String>> valuesIn(@Nullable Secret current) {
        var data = current == null ? null : current.getData();
        if (current == null || (key.isPresent() && (data == null || !data.containsKey(key.get())))) {
            return optional ? Optional.of(List.of()) : Optional.empty();
        }
        return Optional.of(
                data == null
                        ? List.of()
                        : key.map(data::get).map(List::of).orElseGet(() -> List.copyOf(data.values())));
    }

    private static Stream<SecretUse> variables(Container container) {
        return stream(container.getEnv())
                .filter(variable -> variable.getValueFrom() != null)
                .map(variable -> variable.getValueFrom().getSecretKeyRef())
                .filter(reference -> reference != null && reference.getName() != null)
                .map(reference -> new SecretUse(
                        reference.getName(), Optional.ofNullable(reference.getKey()), isTrue(reference.getOptional())));
    }

    private static Stream<SecretUse> allVariables(Container container) {
        return stream(container.getEnvFrom())
                .map(source -> source.getSecretRef())
                .filter(reference -> reference != null && reference.getName() != null)
                .map(reference ->
                        new SecretUse(reference.getName(), Optional.empty(), isTrue(reference.getOptional())));
    }

    private static Stream<SecretUse> files(Volume volume) {
        var secret = volume.getSecret();
        var whole = secret == null
                ? Stream.<SecretUse>empty()
                : files(secret.getSecretName(), secret.getItems(), secret.getOptional());
        var projected = volume.getProjected() == null
                ? Stream.<SecretUse>empty()
                : stream(volume.getProjected().getSources())
                        .map(source -> source.getSecret())
                        .filter(source -> source != null)
                        .flatMap(source -> files(source.getName(), source.getItems(), source.getOptional()));
        return Stream.concat(whole, projected);
    }

    private static Stream<SecretUse> files(
            @Nullable String name, @Nullable List<KeyToPath> items, @Nullable Boolean optional) {
        if (name == null) {
            return Stream.empty();
        }
        return items == null || items.isEmpty()
                ? Stream.of(new SecretUse(name, Optional.empty(), isTrue(optional)))
                : items.stream().map(item -> new SecretUse(name, Optional.of(item.getKey()), isTrue(optional)));
    }

    private static boolean isTrue(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }

    private static <T> Stream<T> stream(@Nullable Collection<T> list) {
        return list == null ? Stream.empty() : list.stream();
    }
}
