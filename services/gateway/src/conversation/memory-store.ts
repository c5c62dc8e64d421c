import {
  MAX_RECORD_BYTES,
  type ConversationStore,
  type Owner,
  type RecordName,
} from './conversation-store.ts';

export interface MemoryStoreOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly ttlMs: number;
  /** Of all records together, as UTF-8; those that were used the longest ago make way. */
  readonly capBytes: number;
}

interface Entry {
  readonly text: string;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Records in this process: lost with it, and not seen by its replicas. */
export function createMemoryConversationStore({
  now,
  ttlMs,
  capBytes,
}: MemoryStoreOptions): ConversationStore {
  /** The least recently used first. All live equally long from their last use, so it is also the first to expire. */
  const entries = new Map<string, Entry>();
  let total = 0;

  const drop = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    total -= entry.bytes;
    return entry;
  };
  const keep = (key: string, text: string, bytes: number): void => {
    entries.set(key, { text, bytes, expiresAt: now() + ttlMs });
    total += bytes;
  };
  const makeRoom = (): void => {
    for (const [key, { expiresAt }] of entries) {
      if (total <= capBytes && expiresAt > now()) return;
      drop(key);
    }
  };

  return {
    read: async (owner, names) => {
      const found = new Map<RecordName, string>();
      for (const name of names) {
        const key = keyOf(owner, name);
        const entry = drop(key);
        if (!entry || entry.expiresAt <= now()) continue;
        keep(key, entry.text, entry.bytes);
        found.set(name, entry.text);
      }
      return found;
    },
    write: async (owner, records) => {
      for (const [name, text] of records) {
        const key = keyOf(owner, name);
        drop(key);
        const bytes = Buffer.byteLength(text);
        if (bytes <= MAX_RECORD_BYTES) keep(key, text, bytes);
      }
      makeRoom();
    },
  };
}

/** The length says where the key's id ends: no name can reach the records of another key. */
function keyOf({ keyId }: Owner, name: RecordName): string {
  return `${keyId.length}:${keyId}:${name}`;
}
