package net.coderanger.migrations.tls;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A Secret in memory, with the API server's optimistic locking. */
final class MemorySecretStore implements SecretStore {

    private final AtomicReference<Optional<Stored>> secret = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Runnable> beforeNextWrite = new AtomicReference<>(() -> {});

    /** Something that happens between a reader's look and its write. */
    void beforeNextWrite(Runnable happening) {
        beforeNextWrite.set(happening);
    }

    void put(String type, Map<String, String> data) {
        secret.updateAndGet(before -> Optional.of(new Stored(nextVersion(before), type, data)));
    }

    Stored stored() {
        return secret.get().orElseThrow();
    }

    @Override
    public Optional<Stored> read() {
        return secret.get();
    }

    @Override
    public boolean create(Map<String, String> data) {
        beforeNextWrite.getAndSet(() -> {}).run();
        return secret.compareAndSet(Optional.empty(), Optional.of(new Stored("1", "Opaque", data))) || empty(data);
    }

    @Override
    public boolean replace(Stored read, Map<String, String> data) {
        beforeNextWrite.getAndSet(() -> {}).run();
        var before = secret.get();
        return before.isPresent()
                && before.get().version().equals(read.version())
                && secret.compareAndSet(before, Optional.of(new Stored(nextVersion(before), read.type(), data)));
    }

    private boolean empty(Map<String, String> data) {
        var before = secret.get();
        return before.isEmpty() && secret.compareAndSet(before, Optional.of(new Stored("1", "Opaque", data)));
    }

    private static String nextVersion(Optional<Stored> before) {
        return before.map(stored -> Integer.toString(Integer.parseInt(stored.version()) + 1))
                .orElse("1");
    }
}
