/** Time as an argument: `now` in milliseconds since the epoch, `after` calls once and returns its cancellation. */
export interface Clock {
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** The machine's clock. Its timers never keep a process alive: what must finish is awaited by its owner. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
