/**
 * The contract with users: the kind {@code Migrator}, and the labels, annotations, gates and reasons that the operator
 * reads and writes. The CRD, its reference and the chart's copy of it are generated from these classes.
 */
@NullMarked
package net.coderanger.migrations.api;

import org.jspecify.annotations.NullMarked;
