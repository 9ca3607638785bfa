package com.example.shop;

/** A failure whose message says all that its reader needs. */
final class ShopException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ShopException(String message, Throwable cause) {
        super(message, cause);
    }

    ShopException(String message) {
        super(message);
    }
}
