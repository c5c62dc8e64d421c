import type { Clock } from '@codex-gateway/service-kit/clock.ts';

interface Timer {
  readonly owner: string;
  readonly at: number;
  readonly callback: () => void;
}

/** One time for all, and the timers of each process apart: those of a process that stands still fall due and wait. */
export interface Timeline {
  readonly now: () => number;
  readonly clockOf: (owner: string) => Clock;
  /** Owners of a waiting timer, the one whose turn comes first in front. */
  readonly waiting: () => readonly string[];
  /** Moves the time to the owner's next timer, unless it has passed already, and calls it. */
  readonly fire: (owner: string) => void;
  /** Moves the time and calls nobody. */
  readonly moveTo: (ms: number) => void;
  /** The owner is gone, and its timers with it. */
  readonly forget: (owner: string) => void;
}

export function createTimeline(startMs: number): Timeline {
  let nowMs = startMs;
  let timers: readonly Timer[] = [];
  const inOrder = () => timers.toSorted((left, right) => left.at - right.at);
  return {
    now: () => nowMs,
    clockOf: (owner) => ({
      now: () => nowMs,
      after: (delayMs, callback) => {
        const timer = { owner, at: nowMs + Math.max(0, delayMs), callback };
        timers = [...timers, timer];
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    }),
    waiting: () => [...new Set(inOrder().map(({ owner }) => owner))],
    fire: (owner) => {
      const timer = inOrder().find((other) => other.owner === owner);
      if (!timer) throw new Error(`${owner} waits for no time`);
      timers = timers.filter((other) => other !== timer);
      nowMs = Math.max(nowMs, timer.at);
      timer.callback();
    },
    moveTo: (ms) => {
      nowMs = Math.max(nowMs, ms);
    },
    forget: (owner) => {
      timers = timers.filter((other) => other.owner !== owner);
    },
  };
}
