/**
 * The operator's settings: one typed constant per environment variable, parsed once into a record. Only the composition root
 * reads it; everyone else is given values.
 */
@NullMarked
package net.coderanger.migrations.config;

import org.jspecify.annotations.NullMarked;
