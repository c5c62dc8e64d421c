import type { JsonObject } from '../../json.ts';

/** The responses that can be gone on from. */
export interface StoredResponses {
  /** Keeps all items up to and including the output of a response. */
  readonly save: (id: string, items: readonly JsonObject[]) => void;
  readonly find: (id: string) => readonly JsonObject[] | undefined;
  /** An item of any stored response. */
  readonly item: (id: string) => JsonObject | undefined;
  readonly clear: () => void;
}

const MOST_RESPONSES = 1000;

/** Keeps the last thousand, so that a load test does not fill the memory. */
export function createStoredResponses(): StoredResponses {
  const responses = new Map<string, readonly JsonObject[]>();
  return {
    save: (id, items) => {
      responses.set(id, items);
      const [oldest] = responses.keys();
      if (responses.size > MOST_RESPONSES && oldest !== undefined) responses.delete(oldest);
    },
    find: (id) => responses.get(id),
    item: (id) => {
      for (const items of responses.values()) {
        const found = items.find((item) => item['id'] === id);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    clear: () => responses.clear(),
  };
}
