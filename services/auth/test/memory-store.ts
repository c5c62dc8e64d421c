import { encodeRecord, toReading } from '../src/store/record-codec.ts';
import type {
  Replacement,
  SignedOut,
  StoreReading,
  TokenRecord,
  TokenStore,
} from '../src/store/token-store.ts';

export interface MemoryStore extends TokenStore {
  /** Every record of a login that was stored, oldest first. */
  readonly history: readonly TokenRecord[];
  /** Runs before a write; it may reject to make the write fail, or write itself to cause a conflict. */
  beforeWrite: (record: TokenRecord | SignedOut) => Promise<void>;
  /** Runs after a write that happened; it may reject to lose the reply. */
  afterWrite: (record: TokenRecord | SignedOut) => Promise<void>;
}

export interface MemoryStoreOptions {
  readonly exclusive?: boolean;
  /** Texts shared by several stores: two brokers on one place. */
  readonly texts?: Map<string, { readonly text: string; readonly version: string }>;
}

/** A store in memory that passes the same contract as the real ones. */
export function createMemoryStore({
  exclusive = true,
  texts = new Map(),
}: MemoryStoreOptions = {}): MemoryStore {
  const history: TokenRecord[] = [];
  let writes = 0;
  const read = (alias: string): StoreReading => {
    const stored = texts.get(alias);
    if (stored === undefined) return { kind: 'absent' };
    return toReading(stored.text, stored.version);
  };
  const store: MemoryStore = {
    exclusive,
    history,
    beforeWrite: async () => {},
    afterWrite: async () => {},
    read: async (alias) => read(alias),
    replace: async (alias, expectedVersion, record): Promise<Replacement> => {
      await store.beforeWrite(record);
      if ((texts.get(alias)?.version ?? null) !== expectedVersion) return { kind: 'conflict' };
      writes += 1;
      const version = `${record.generation}.${writes}.${Math.random()}`;
      texts.set(alias, { text: encodeRecord(record), version });
      if (!('signedOut' in record)) history.push(record);
      await store.afterWrite(record);
      return { kind: 'stored', version };
    },
    checkWritable: async () => {},
    close: async () => {},
  };
  return store;
}
