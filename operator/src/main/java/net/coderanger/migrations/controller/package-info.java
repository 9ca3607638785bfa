/**
 * Where the cluster is read and written: the observation is gathered, the plan is carried out. No decision about migrations is
 * made here; those are in {@code plan}.
 */
@NullMarked
package net.coderanger.migrations.controller;

import org.jspecify.annotations.NullMarked;
