/**
 * The operator as installed, on a real cluster with a real kubelet. Each test has a namespace of its own; what its containers did
 * is recorded from the API server's own watch, so that nothing that ran for a moment is missed.
 */
@NullMarked
package net.coderanger.migrations.e2e;

import org.jspecify.annotations.NullMarked;
