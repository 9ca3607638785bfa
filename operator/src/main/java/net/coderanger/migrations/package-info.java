/**
 * The operator's process. Arrows go one way: this package → controller and webhook → plan → api; the waiter stands alone.
 */
@NullMarked
package net.coderanger.migrations;

import org.jspecify.annotations.NullMarked;
