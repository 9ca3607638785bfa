package net.coderanger.migrations.server;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/** Serves routes over HTTPS (TLS 1.2 and 1.3), on all addresses, with a certificate that can be exchanged. */
public final class HttpsEndpoint implements AutoCloseable {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Endpoint endpoint;
    private final ReloadableKeys keys;

    /**
     * Takes the port; requests are answered after {@link #start}.
     *
     * @param port 0 for any
     * @param keys the first certificate and its key
     * @throws IOException if the port is taken
     */
    public HttpsEndpoint(int port, Map<String, Route> routes, X509ExtendedKeyManager keys) throws IOException {
        this.keys = new ReloadableKeys(keys);
        Endpoint.limitTimes();
        var server = HttpsServer.create(new InetSocketAddress(port), 0);
        server.setHttpsConfigurator(new Configurator(context(this.keys)));
        this.endpoint = new Endpoint(server, routes);
    }

    public void start() {
        endpoint.start();
    }

    public int port() {
        return endpoint.port();
    }

    /** New connections see the new certificate; those that are open stay as they are. */
    public void reload(X509ExtendedKeyManager next) {
        keys.reload(next);
    }

    @Override
    public void close() {
        endpoint.stop();
    }

    private static SSLContext context(ReloadableKeys keys) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static final class Configurator extends HttpsConfigurator {

        Configurator(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            var tls = getSSLContext().getDefaultSSLParameters();
            tls.setProtocols(PROTOCOLS);
            parameters.setSSLParameters(tls);
        }
    }
}
