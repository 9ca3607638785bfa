/**
 * What Prometheus is told. Counters and histograms are fed by what the controller and the webhook do; the gauges of state are read
 * from the caches when they are asked for, by the leader only. The number of series does not grow with the cluster, unless the
 * setting for figures per Migrator is on.
 */
@NullMarked
package net.coderanger.migrations.metrics;

import org.jspecify.annotations.NullMarked;
