export const GATES = ['responses', 'refresh', 'models'] as const;
export type Gate = (typeof GATES)[number];

/** Places where requests can be held until a test lets them go. */
export interface Gates {
  readonly hold: (gate: Gate) => void;
  /** Opens the gate and lets everyone who waits go on. */
  readonly release: (gate: Gate) => void;
  readonly waiting: (gate: Gate) => number;
  /** Resolves at once while the gate is open, else on release or when the signal fires. */
  readonly pass: (gate: Gate, signal: AbortSignal) => Promise<void>;
  readonly releaseAll: () => void;
}

export function createGates(onChange: () => void): Gates {
  const held = new Map<Gate, Set<() => void>>();

  function release(gate: Gate): void {
    const waiters = held.get(gate) ?? new Set();
    held.delete(gate);
    for (const go of waiters) go();
    onChange();
  }

  return {
    release,
    hold: (gate) => {
      if (!held.has(gate)) held.set(gate, new Set());
    },
    waiting: (gate) => held.get(gate)?.size ?? 0,
    pass: (gate, signal) => {
      const waiters = held.get(gate);
      if (waiters === undefined || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          waiters.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        waiters.add(go);
        signal.addEventListener('abort', go);
        onChange();
      });
    },
    releaseAll: () => {
      for (const gate of GATES) release(gate);
    },
  };
}
