package net.coderanger.migrations.tls;

import java.util.Map;
import java.util.Optional;

/** Where the replicas keep their certificate. Every method may throw when the store cannot be reached. */
public interface SecretStore {

    /**
     * A Secret as it was read.
     *
     * @param version what {@link #replace} needs to know whether somebody else was faster
     * @param type the Secret's type
     * @param data its entries, decoded
     */
    record Stored(String version, String type, Map<String, String> data) {
        public Stored {
            data = Map.copyOf(data);
        }

        String get(String key) {
            return data.getOrDefault(key, "");
        }
    }

    Optional<Stored> read();

    /** Returns false if the Secret exists by now. */
    boolean create(Map<String, String> data);

    /** Returns false if the Secret is no longer as it was read. */
    boolean replace(Stored read, Map<String, String> data);
}
