import type { CodexEvent } from '../../codex/events.ts';

/** An event that belongs to one output item. */
export type ItemEvent = Extract<CodexEvent, { output_index: number }>;

export interface Untangler {
  readonly take: (event: ItemEvent) => void;
  /** Hands on everything that waits: no more will come. */
  readonly flush: () => void;
}

/**
 * Hands events on so that an output item is finished before another begins, because a message has one open block at a
 * time. The upstream may work on several calls at once; what comes too early waits, smallest index first.
 */
export function createUntangler(handOn: (event: ItemEvent) => void): Untangler {
  const waiting = new Map<number, ItemEvent[]>();
  const finished = new Set<number>();
  let current: number | null = null;

  const pass = (event: ItemEvent): void => {
    if (finished.has(event.output_index)) return;
    handOn(event);
    if (event.type !== 'response.output_item.done') return;
    finished.add(event.output_index);
    current = null;
  };

  const passWaiting = (): void => {
    while (current === null && waiting.size > 0) {
      current = Math.min(...waiting.keys());
      const events = waiting.get(current) ?? [];
      waiting.delete(current);
      events.forEach(pass);
    }
  };

  return {
    take: (event) => {
      const index = event.output_index;
      if (finished.has(index)) return;
      current ??= index;
      if (index === current) {
        pass(event);
        if (current === null) passWaiting();
      } else {
        const queue = waiting.get(index);
        if (queue) queue.push(event);
        else waiting.set(index, [event]);
      }
    },
    flush: () => {
      while (waiting.size > 0) {
        current = null;
        passWaiting();
      }
    },
  };
}
