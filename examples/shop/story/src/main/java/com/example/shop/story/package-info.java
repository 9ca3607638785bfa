/**
 * The demo's narrator, which tells what happens in the cluster while it happens, and its proofs, which are drawn afterwards
 * from what the narrator has written down and from the database. Java and kubectl only, so it runs from source.
 */
package com.example.shop.story;
