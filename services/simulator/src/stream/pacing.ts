import type { Clock } from '@codex-gateway/service-kit/clock.ts';

/** Resolves after `ms` on the given clock, or at once when the signal fires. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(ms, finish);
    function finish(): void {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish);
  });
}

/** When events may go out: a steady rate, or a gap between bursts, or both. Absent: as fast as they are read. */
export interface Pace {
  readonly eventsPerSecond?: number | undefined;
  /** A pause of `pauseMs` after every `pauseEvery` events. */
  readonly pauseMs?: number | undefined;
  readonly pauseEvery?: number | undefined;
}

/** Says how many more events may be sent now, waiting when none may. */
export type Pacer = (sent: number, signal: AbortSignal) => Promise<number>;

const UNLIMITED = Number.POSITIVE_INFINITY;

export function createPacer(clock: Clock, { eventsPerSecond, pauseMs = 0, pauseEvery = 0 }: Pace): Pacer {
  const startedAt = clock.now();
  let pausedFor = 0;
  let pausedAt = 0;
  return async (sent, signal) => {
    if (pauseEvery > 0 && pauseMs > 0 && sent > pausedAt && sent % pauseEvery === 0) {
      pausedAt = sent;
      await pause(clock, pauseMs, signal);
      pausedFor += pauseMs;
    }
    const burst = pauseEvery > 0 ? pauseEvery - (sent % pauseEvery) : UNLIMITED;
    if (eventsPerSecond === undefined) return burst;
    const elapsed = clock.now() - startedAt - pausedFor;
    const due = Math.floor((elapsed * eventsPerSecond) / 1000) + 1 - sent;
    if (due >= 1) return Math.min(due, burst);
    await pause(clock, Math.max(1, (sent * 1000) / eventsPerSecond - elapsed), signal);
    return 1;
  };
}
