import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * Just enough of a Kubernetes API for a training run. Not a test double: it validates nothing, and a wrong answer costs no
 * more than a slower start of the image.
 */
final class ApiServer {

    private static final char[] PASSWORD = "training".toCharArray();

    private final KeyStore keys;
    private final SSLServerSocket listener;

    /**
     * Listens on a free port of the loopback interface.
     *
     * @param keyStore PKCS#12, with the password {@code training}
     */
    ApiServer(Path keyStore) throws IOException, GeneralSecurityException {
        keys = KeyStore.getInstance("PKCS12");
        try (var file = new FileInputStream(keyStore.toFile())) {
            keys.load(file, PASSWORD);
        }
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, PASSWORD);
        var tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        listener = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 0, InetAddress.getLoopbackAddress());
    }

    void serve(Cluster cluster) {
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    var socket = listener.accept();
                    Thread.startVirtualThread(() -> new Connection(socket, cluster).serve());
                }
            } catch (IOException e) {
                throw new IllegalStateException("the training's API server has ended", e);
            }
        });
    }

    String kubeconfig() throws GeneralSecurityException {
        var certificate = keys.getCertificate(keys.aliases().nextElement()).getEncoded();
        var pem = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                .formatted(Base64.getMimeEncoder().encodeToString(certificate));
        return """
                {"apiVersion": "v1", "kind": "Config", "current-context": "training",
                 "contexts": [{"name": "training", "context": {"cluster": "training", "user": "training"}}],
                 "users": [{"name": "training", "user": {"token": "training"}}],
                 "clusters": [{"name": "training", "cluster": {
                   "server": "https://127.0.0.1:%d", "certificate-authority-data": "%s"}}]}
                """
                .formatted(
                        listener.getLocalPort(),
                        Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
