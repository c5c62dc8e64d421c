import type { Clock } from '@codex-gateway/service-kit/clock.ts';

const TICK_MS = 1_000;

/** One stream's silence. */
export interface Heartbeat {
  /** Something was written. */
  readonly touch: () => void;
  readonly stop: () => void;
}

/** Calls `beat` of every stream that has been silent for the interval. One timer serves all streams. */
export type StartHeartbeat = (beat: () => void) => Heartbeat;

interface Entry {
  silentTicks: number;
  readonly beat: () => void;
}

export function createHeartbeats(intervalSeconds: number, clock: Clock): StartHeartbeat {
  const entries = new Set<Entry>();
  let running = false;
  const tick = (): void => {
    for (const entry of entries) {
      entry.silentTicks += 1;
      if (entry.silentTicks * TICK_MS >= intervalSeconds * 1000) {
        entry.silentTicks = 0;
        entry.beat();
      }
    }
    running = entries.size > 0;
    if (running) clock.after(TICK_MS, tick);
  };
  return (beat) => {
    const entry: Entry = { silentTicks: 0, beat };
    entries.add(entry);
    if (!running) {
      running = true;
      clock.after(TICK_MS, tick);
    }
    return {
      touch: () => {
        entry.silentTicks = 0;
      },
      stop: () => void entries.delete(entry),
    };
  };
}
