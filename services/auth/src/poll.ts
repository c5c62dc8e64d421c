import type { Clock } from '@codex-gateway/service-kit/clock.ts';

/** Runs `work`, which must not reject, each time `everyMs` after the last end, until the returned function is called. */
export function poll(clock: Clock, everyMs: number, work: () => Promise<void>): () => void {
  let cancel: (() => void) | null = null;
  let stopped = false;
  const wait = () => {
    cancel = clock.after(everyMs, () => void turn());
  };
  const turn = async () => {
    await work();
    if (!stopped) wait();
  };
  wait();
  return () => {
    stopped = true;
    cancel?.();
  };
}
