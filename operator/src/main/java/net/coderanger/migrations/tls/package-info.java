/**
 * The webhook's certificate: an own certificate authority and a serving certificate in a Secret that the replicas share, renewed
 * in place, or a certificate that somebody else (cert-manager) keeps there.
 */
@NullMarked
package net.coderanger.migrations.tls;

import org.jspecify.annotations.NullMarked;
