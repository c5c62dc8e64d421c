import { outputOf, type OutputItem, type ResponseObject } from './events.ts';

/** An item that only the last event of an answer has brought. */
export interface UnseenItem {
  readonly outputIndex: number;
  readonly item: OutputItem;
}

/** The items that events of their own have brought. */
export interface SeenItems {
  readonly note: (outputIndex: number, item: OutputItem) => void;
  /** What the response object of the last event has beyond them; empty for a backend that stores nothing. */
  readonly missing: (response: ResponseObject) => readonly UnseenItem[];
}

/** Items are told apart by their ids; without an id one is missing only where no item has come at all. */
export function createSeenItems(): SeenItems {
  const ids = new Set<unknown>();
  let next = 0;
  return {
    note: (outputIndex, { id }) => {
      ids.add(id);
      next = Math.max(next, outputIndex + 1);
    },
    missing: (response) =>
      outputOf(response)
        .filter(({ id }) => ids.size === 0 || (typeof id === 'string' && !ids.has(id)))
        .map((item, index) => ({ outputIndex: next + index, item })),
  };
}
