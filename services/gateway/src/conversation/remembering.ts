import type { FoldedItem } from '@codex-gateway/wire/codex/fold.ts';
import type { Batch } from '../upstream/event-client.ts';
import type { Remember } from './conversations.ts';

/**
 * The same batches, on their way from the upstream or from what emulates it. A whole answer is remembered before its
 * last event goes on to the client, who may refer to it at once; one that failed or broke off leaves nothing.
 *
 * @param remember null when nothing is to be kept of the answer
 */
export function remembering(batches: AsyncIterable<Batch>, remember: Remember | null): AsyncIterable<Batch> {
  if (!remember) return batches;
  const source = batches[Symbol.asyncIterator]();
  const items: FoldedItem[] = [];
  /** An iterator written by hand: a generator would cost several promises for every batch of every stream. */
  const iterator: AsyncIterableIterator<Batch, void> = {
    next: async () => {
      const result: IteratorResult<Batch, unknown> = await source.next();
      if (result.done) return { value: undefined, done: true };
      if (collect(result.value, items))
        await remember(items.toSorted((left, right) => left.outputIndex - right.outputIndex));
      return result;
    },
    return: async () => {
      await source.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** Whether the answer is whole with this batch. */
function collect(batch: Batch, items: FoldedItem[]): boolean {
  for (const event of batch) {
    if (event.type === 'response.output_item.done')
      items.push({ outputIndex: event.output_index, item: event.item, done: true });
    else if (event.type === 'response.completed' || event.type === 'response.incomplete') return true;
    else if (event.type === 'response.failed' || event.type === 'error') return false;
  }
  return false;
}
