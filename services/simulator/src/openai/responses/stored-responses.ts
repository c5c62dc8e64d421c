import type { JsonObject } from '../../json.ts';

/** A response that was stored, with all that was said before it. */
export interface StoredResponse {
  /** Everything up to and including its output. */
  readonly items: readonly JsonObject[];
}

export interface StoredResponses {
  readonly save: (id: string, response: StoredResponse) => void;
  readonly find: (id: string) => StoredResponse | undefined;
  /** An item of any stored response. */
  readonly item: (id: string) => JsonObject | undefined;
  readonly clear: () => void;
}

const MOST = 1000;

/** Keeps the last thousand, so that a load test does not fill the memory. */
export function createStoredResponses(): StoredResponses {
  const responses = new Map<string, StoredResponse>();
  return {
    save: (id, response) => {
      responses.set(id, response);
      const [oldest] = responses.keys();
      if (responses.size > MOST && oldest !== undefined) responses.delete(oldest);
    },
    find: (id) => responses.get(id),
    item: (id) => {
      for (const { items } of responses.values()) {
        const found = items.find((item) => item['id'] === id);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    clear: () => responses.clear(),
  };
}
