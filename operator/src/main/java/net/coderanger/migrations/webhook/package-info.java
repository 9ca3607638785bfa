/**
 * Admission: which pods are gated and what that adds to them, which Migrators are refused, and how the API server is told to
 * ask. Pure functions on JSON, so that fields which this version does not know survive, with a thin handler around them.
 */
@NullMarked
package net.coderanger.migrations.webhook;

import org.jspecify.annotations.NullMarked;
