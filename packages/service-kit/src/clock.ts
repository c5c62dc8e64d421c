/** Time as an argument: `now` in milliseconds since the epoch, `after` calls once and returns its cancellation. */
export interface Clock {
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** Node calls back at once when a delay is longer than this (24.8 days), instead of late. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers never keep a process alive: what must finish is awaited by its owner. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
