package net.coderanger.migrations.server;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's certificate and key, exchangeable at any moment. A handshake asks for an alias first and for its certificate and
 * key later: so the previous ones stay at hand, and the aliases of two loads must differ.
 */
final class ReloadableKeys extends X509ExtendedKeyManager {

    private volatile List<X509ExtendedKeyManager> newestFirst;

    ReloadableKeys(X509ExtendedKeyManager first) {
        this.newestFirst = List.of(first);
    }

    void reload(X509ExtendedKeyManager next) {
        newestFirst = List.of(next, newestFirst.getFirst());
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return newestFirst.getFirst().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return newestFirst.getFirst().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return newestFirst.getFirst().getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return first(keys -> keys.getCertificateChain(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return first(keys -> keys.getPrivateKey(alias));
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    private <T> @Nullable T first(Function<X509ExtendedKeyManager, @Nullable T> question) {
        Stream<@Nullable T> answers = newestFirst.stream().map(question);
        return answers.filter(Objects::nonNull).findFirst().orElse(null);
    }
}
