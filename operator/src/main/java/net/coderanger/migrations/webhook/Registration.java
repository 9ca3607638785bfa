package net.coderanger.migrations.webhook;

import java.util.Optional;
import java.util.Set;

/** The operator's webhook configurations in the cluster. */
public interface Registration {

    /**
     * Creates the configurations, or brings them up to date.
     *
     * @param namespaces those that have Migrators
     * @param authorities PEM certificates that the API server has to trust; empty for those that it trusts anyway
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server cannot be reached or refuses; somebody
     *     else's write at the same moment counts as success, the next call looks again
     */
    void apply(Set<String> namespaces, Optional<String> authorities);

    /**
     * Whether the configurations exist, trust these certificates, and ask about the namespaces that this replica watches, whoever has
     * written them.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server cannot be reached or refuses
     */
    boolean stands(Optional<String> authorities);
}
