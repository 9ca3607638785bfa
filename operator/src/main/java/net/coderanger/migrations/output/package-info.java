/**
 * What a migration has printed, made fit to be shown: without the secrets it was given, and cut to what matters. Pure, like the
 * plan.
 */
@NullMarked
package net.coderanger.migrations.output;

import org.jspecify.annotations.NullMarked;
