import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Asks the operator what the kubelet and the API server ask it. */
record Caller(int healthPort, int webhookPort) {

    private static final int OK = 200;

    boolean finds(String path) {
        try {
            var url = URI.create("http://127.0.0.1:" + healthPort + path).toURL();
            return ((HttpURLConnection) url.openConnection()).getResponseCode() == OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** Paths of the webhooks that the operator has registered. */
    List<String> webhooksIn(Cluster cluster) {
        var kind = Route.of("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations");
        return cluster.in(kind).stream()
                .flatMap(configuration ->
                        StreamSupport.stream(configuration.path("webhooks").spliterator(), false))
                .map(webhook -> webhook.at("/clientConfig/service/path").asText("/"))
                .distinct()
                .toList();
    }

    void review(String path, JsonNode pod) throws IOException, GeneralSecurityException {
        var review = Cluster.JSON
                .createObjectNode()
                .put("apiVersion", "admission.k8s.io/v1")
                .put("kind", "AdmissionReview");
        var request = review.putObject("request")
                .put("uid", UUID.randomUUID().toString())
                .put("operation", "CREATE")
                .put("namespace", pod.at("/metadata/namespace").asText());
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.set("object", pod);
        var url = URI.create("https://127.0.0.1:" + webhookPort + path + "?timeout=5s").toURL();
        var connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(trusting().getSocketFactory());
        connection.setHostnameVerifier((host, session) -> true);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (var body = connection.getOutputStream()) {
            body.write(Cluster.JSON.writeValueAsBytes(review));
        }
        if (connection.getResponseCode() != OK) {
            throw new IOException("the webhook answered with status " + connection.getResponseCode());
        }
        connection.getInputStream().readAllBytes();
    }

    /** The certificate is the operator's own, for a name that does not exist here. */
    private static SSLContext trusting() throws GeneralSecurityException {
        var all = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {all}, new SecureRandom());
        return tls;
    }
}
