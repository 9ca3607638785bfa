package net.coderanger.migrations.tls;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the certificate Secret again and again, and tells when there is another certificate to serve. */
public final class CertificateRefresh implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateRefresh.class);

    private final CertificateSecret secret;
    private final Consumer<ServingCertificate> onChange;
    private final Thread thread = Thread.ofVirtual().name("certificate-refresh").unstarted(this::lookAgainAndAgain);
    private final Duration period;

    private volatile ServingCertificate served;

    /**
     * Looks after {@link #start}.
     *
     * @param secret where to look
     * @param served the certificate that is served now
     * @param period the time between two looks
     * @param onChange is told of every other certificate; what it throws is logged, and it is told again after the period
     */
    public CertificateRefresh(
            CertificateSecret secret,
            ServingCertificate served,
            Duration period,
            Consumer<ServingCertificate> onChange) {
        this.secret = secret;
        this.served = served;
        this.period = period;
        this.onChange = onChange;
    }

    public void start() {
        thread.start();
    }

    /** The certificate that was last told of. */
    public ServingCertificate served() {
        return served;
    }

    /** Looks once. Trouble is logged, and what is served stays. */
    void look() {
        try {
            var now = secret.current();
            if (!now.equals(served)) {
                onChange.accept(now);
                served = now;
                LOG.atInfo().addKeyValue("expires", now.expires()).log("Serving another certificate");
            }
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Cannot refresh the webhook's certificate; serving the one there is");
        }
    }

    private void lookAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(period);
                look();
            }
        } catch (InterruptedException e) {
            LOG.atDebug().log("Stopped looking at the webhook's certificate Secret");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
