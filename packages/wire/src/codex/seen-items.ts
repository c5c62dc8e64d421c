import { outputOf, type OutputItem, type ResponseObject } from './events.ts';

/** An item of a response object, with its place in the answer. */
export interface PlacedItem {
  readonly outputIndex: number;
  readonly item: OutputItem;
}

/** Where the items of an answer stand, by the events that brought them. */
export interface SeenItems {
  readonly note: (outputIndex: number, item: OutputItem) => void;
  /**
   * The items that the last event holds once more, or alone: those that were seen at their own places, others behind
   * them. Empty for a backend that stores nothing.
   */
  readonly placed: (response: ResponseObject) => readonly PlacedItem[];
}

/** Items are told apart by their ids; one without an id counts only where no item has come at all. */
export function createSeenItems(): SeenItems {
  const places = new Map<unknown, number>();
  let next = 0;
  return {
    note: (outputIndex, { id }) => {
      places.set(id, outputIndex);
      next = Math.max(next, outputIndex + 1);
    },
    placed: (response) => {
      const items = outputOf(response).filter(({ id }) => places.size === 0 || typeof id === 'string');
      return items.map((item) => {
        const place = places.get(item.id);
        if (place === undefined) next += 1;
        return { outputIndex: place ?? next - 1, item };
      });
    },
  };
}
