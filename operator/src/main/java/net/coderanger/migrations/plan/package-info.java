/**
 * The heart: from what is seen (a Migrator, its pods, their workloads, its Jobs, the time) to what is to be done and the status
 * to be written. Pure: no client, no clock, no logging, so that every decision can be repeated from its observation alone.
 */
@NullMarked
package net.coderanger.migrations.plan;

import org.jspecify.annotations.NullMarked;
