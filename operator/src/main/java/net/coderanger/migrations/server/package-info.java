/**
 * HTTP plumbing on the JDK's own server: routes with limits on methods, sizes and times, and a certificate that can be
 * exchanged while serving. What is served knows nothing of sockets.
 */
@NullMarked
package net.coderanger.migrations.server;

import org.jspecify.annotations.NullMarked;
