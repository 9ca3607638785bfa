/** A small shop with a PostgreSQL database. Its three versions differ only in the migrations that their images carry. */
package com.example.shop;
