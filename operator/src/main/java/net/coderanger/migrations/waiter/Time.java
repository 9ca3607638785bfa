package net.coderanger.migrations.waiter;

/** Time, so that tests need not wait. */
interface Time {

    /** Milliseconds since some moment, never going back. */
    long millis();

    void sleep(long millis) throws InterruptedException;
}
