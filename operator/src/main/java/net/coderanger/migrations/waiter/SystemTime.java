package net.coderanger.migrations.waiter;

/** The machine's time. */
final class SystemTime implements Time {

    private static final long NANOS_PER_MILLI = 1_000_000;

    @Override
    public long millis() {
        return System.nanoTime() / NANOS_PER_MILLI;
    }

    @Override
    public void sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
