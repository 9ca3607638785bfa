/** What the operator's log looks like: one line per event, for programs or for people. */
@NullMarked
package net.coderanger.migrations.log;

import org.jspecify.annotations.NullMarked;
