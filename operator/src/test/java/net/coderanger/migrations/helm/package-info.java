/** The charts: do their values, schemas and READMEs agree, and what do they render? */
@NullMarked
package net.coderanger.migrations.helm;

import org.jspecify.annotations.NullMarked;
