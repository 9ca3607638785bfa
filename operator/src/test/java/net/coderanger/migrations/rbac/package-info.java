/**
 * What the operator's service account may do, by the roles and admission policies that ship in the chart. Asked of a real API
 * server, because nothing else knows what a rule means.
 */
@NullMarked
package net.coderanger.migrations.rbac;

import org.jspecify.annotations.NullMarked;
