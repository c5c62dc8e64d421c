import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { isRealEvent } from '@codex-gateway/wire/codex/events.ts';
import { refusalOfEvent, type Refusal } from '@codex-gateway/wire/codex/refusal.ts';
import type { Batch, UpstreamRefusal, UpstreamStream } from './event-client.ts';
import type { AnswerHead } from './post.ts';

/** After this long without a real event the answer's head goes out all the same. */
export const FIRST_EVENT_MS = 5_000;

export interface Begun extends AnswerHead {
  readonly kind: 'stream';
  readonly batches: AsyncIterable<Batch>;
  /** False when the upstream has been too slow to give a real event. */
  readonly begun: boolean;
}

export type FirstEvent = Begun | UpstreamRefusal;

const brokenOff: Refusal = {
  fault: { kind: 'upstream_error', message: 'The upstream broke off before it answered.' },
  remedy: 'none',
};

/** Holds what arrives until the first real event, so that a refusal inside a 200 can still become a real status. */
export async function untilFirstEvent(
  { batches, ...head }: UpstreamStream,
  clock: Clock,
): Promise<FirstEvent> {
  const held: Batch[] = [];
  const late = Promise.withResolvers<'late'>();
  const cancel = clock.after(FIRST_EVENT_MS, () => late.resolve('late'));
  try {
    for (;;) {
      const next = batches.next();
      const first = await Promise.race([next, late.promise]);
      if (first === 'late') return { ...head, begun: false, batches: resume(held, batches, next) };
      if (first.done) return { kind: 'refused', requestId: head.requestId, refusal: brokenOff };
      held.push(first.value);
      const real = first.value.find(isRealEvent);
      if (!real) continue;
      const refusal = refusalOfEvent(real);
      if (!refusal) return { ...head, begun: true, batches: resume(held, batches, null) };
      await batches.return?.();
      return { kind: 'refused', requestId: head.requestId, refusal };
    }
  } finally {
    cancel();
  }
}

/**
 * The held batches as one, the one that is on its way, then the rest. An iterator written by hand: a generator would
 * cost a promise for every event of every stream.
 */
function resume(
  held: readonly Batch[],
  rest: AsyncIterator<Batch, void>,
  pending: Promise<IteratorResult<Batch, void>> | null,
): AsyncIterableIterator<Batch, void> {
  const ahead = held.length > 0 ? [Promise.resolve({ value: held.flat(), done: false } as const)] : [];
  const queue: Promise<IteratorResult<Batch, void>>[] = pending ? [...ahead, pending] : ahead;
  const iterator: AsyncIterableIterator<Batch, void> = {
    next: () => queue.shift() ?? rest.next(),
    return: async () => {
      await rest.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
