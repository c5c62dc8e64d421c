import type { Clock } from './clock.ts';

export interface BreakerDeps<Reason> {
  readonly clock: Clock;
  /** Whether it works again. Never fails. */
  readonly probe: () => Promise<boolean>;
  readonly probeEveryMs: number;
  /** Called once a change; null: it works again. */
  readonly onChange: (reason: Reason | null) => void;
}

/**
 * Remembers that something does not work, so that nobody waits for it in vain. While it is open, one probe at a time
 * finds out whether it works again: no request has to try.
 */
export interface Breaker<Reason> {
  readonly isOpen: () => boolean;
  readonly trip: (reason: Reason) => void;
  /** Probes at once, when there is reason to hope. */
  readonly retry: () => void;
  readonly stop: () => void;
}

export function createBreaker<Reason>(deps: BreakerDeps<Reason>): Breaker<Reason> {
  const { clock, probe, probeEveryMs, onChange } = deps;
  let state: 'closed' | 'open' | 'probing' | 'stopped' = 'closed';
  let cancel: (() => void) | null = null;

  const wait = (): void => {
    state = 'open';
    cancel = clock.after(probeEveryMs, retry);
  };
  const attempt = async (): Promise<void> => {
    const works = await probe();
    if (state !== 'probing') return;
    if (!works) return wait();
    state = 'closed';
    onChange(null);
  };
  function retry(): void {
    if (state !== 'open') return;
    cancel?.();
    state = 'probing';
    void attempt();
  }

  return {
    isOpen: () => state === 'open' || state === 'probing',
    trip: (reason) => {
      if (state !== 'closed') return;
      wait();
      onChange(reason);
    },
    retry,
    stop: () => {
      cancel?.();
      state = 'stopped';
    },
  };
}
