import { StoreAway, type ConversationStore, type Owner, type RecordName } from './conversation-store.ts';

/** Looked up: there, not there, or nobody knows. Written: kept, or not. */
export type RecordResult = 'hit' | 'miss' | 'unread' | 'kept' | 'lost';

/** Told of a record: what it is of and what became of it. */
export type CountRecord = (name: RecordName, result: RecordResult) => void;

/** What one request looks up of its owner's records, each name once. In a store that is away nothing is found. */
export interface Reading {
  readonly load: (names: readonly RecordName[]) => Promise<void>;
  /** Of a name that was loaded; undefined when it was not found. */
  readonly textOf: (name: RecordName) => string | undefined;
  /** Whether something could not be looked up. */
  readonly missesStore: () => boolean;
}

export function createReading(store: ConversationStore, owner: Owner, count: CountRecord): Reading {
  const texts = new Map<RecordName, string | undefined>();
  let missesStore = false;
  return {
    textOf: (name) => texts.get(name),
    missesStore: () => missesStore,
    load: async (names) => {
      const news = [...new Set(names)].filter((name) => !texts.has(name));
      if (news.length === 0) return;
      const found = await store.read(owner, news).catch((error: unknown) => {
        if (!(error instanceof StoreAway)) throw error;
        missesStore = true;
        return null;
      });
      for (const name of news) {
        const text = found?.get(name);
        texts.set(name, text);
        count(name, found === null ? 'unread' : text === undefined ? 'miss' : 'hit');
      }
    },
  };
}
