package net.coderanger.migrations.output;

import io.fabric8.kubernetes.api.model.ContainerStateTerminatedBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateWaitingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The messages in a pod's status. */
public final class PodTexts {

    /**
     * Kubelet says these before it has told the runtime what to run, so no value of a variable can be in the message. One that
     * names a missing Secret has to be shown even if Secrets may not be read.
     */
    private static final Set<String> BEFORE_ANYTHING_IS_RUN = Set.of(
            "ContainerCreating",
            "PodInitializing",
            "ErrImagePull",
            "ImagePullBackOff",
            "ErrImageNeverPull",
            "ImageInspectError",
            "InvalidImageName",
            "RegistryUnavailable",
            "SignatureValidationFailed",
            "CreateContainerConfigError");

    private PodTexts() {}

    /**
     * The pod with other messages.
     *
     * @param ofContainers changes what containers have said, or what the runtime said of their commands
     * @param ofKubernetes changes what Kubernetes says
     */
    public static Pod changed(Pod pod, UnaryOperator<String> ofContainers, UnaryOperator<String> ofKubernetes) {
        return new PodBuilder(pod)
                .accept(
                        ContainerStateTerminatedBuilder.class,
                        state -> state.withMessage(changed(state.getMessage(), ofContainers)))
                .accept(
                        ContainerStateWaitingBuilder.class,
                        state -> state.withMessage(changed(
                                state.getMessage(),
                                state.getReason() != null && BEFORE_ANYTHING_IS_RUN.contains(state.getReason())
                                        ? ofKubernetes
                                        : ofContainers)))
                .accept(
                        PodConditionBuilder.class,
                        condition -> condition.withMessage(changed(condition.getMessage(), ofKubernetes)))
                .accept(
                        PodStatusBuilder.class,
                        status -> status.withMessage(changed(status.getMessage(), ofKubernetes)))
                .build();
    }

    private static @Nullable String changed(@Nullable String message, UnaryOperator<String> change) {
        return message == null || message.isBlank() ? message : change.apply(message);
    }
}
