import type { Clock } from './clock.ts';

/** What was waited for did not come in time. It may still happen. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * The promise, or a `DeadlineError` after `deadlineMs`.
 *
 * When the event loop was busy for longer than that, it calls the timer before it reads the answer that lies in the
 * socket: so the deadline gives it one more turn (timers, sockets, `setImmediate`) to find it.
 */
export function within<Value>(deadlineMs: number, promise: Promise<Value>, clock: Clock): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(deadlineMs, () => setImmediate(() => reject(new DeadlineError())));
    void promise.then(resolve, reject).finally(cancel);
  });
}
