/** A clock as services take it, and the hand that moves it. */
export interface ManualClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls once and returns its cancellation. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** Moves time forward and calls, in order of time, every timer that falls due, also those set on the way. */
  readonly advance: (byMs: number) => void;
  /** How many timers wait. */
  readonly pending: () => number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. `startMs` is the first value of `now()`. */
export function createManualClock(startMs = Date.UTC(2027, 0, 1)): ManualClock {
  let nowMs = startMs;
  let timers: readonly Timer[] = [];
  const drop = (timer: Timer) => {
    timers = timers.filter((other) => other !== timer);
  };
  // Array.sort is stable, so timers of one instant are called in the order in which they were set
  const nextUntil = (end: number) => timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end);
  return {
    now: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { at: nowMs + Math.max(0, delayMs), callback };
      timers = [...timers, timer];
      return () => drop(timer);
    },
    advance: (byMs) => {
      const end = nowMs + byMs;
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        drop(timer);
        nowMs = Math.max(nowMs, timer.at);
        timer.callback();
      }
      nowMs = end;
    },
    pending: () => timers.length,
  };
}
