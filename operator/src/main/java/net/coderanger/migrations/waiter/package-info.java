/**
 * The second entry point: the init container that holds a gated pod until its release annotation shows up in a file. It uses
 * the JDK's own classes only, and of those the plainest, because it runs in every gated pod and has to start in no time.
 */
@NullMarked
package net.coderanger.migrations.waiter;

import org.jspecify.annotations.NullMarked;
