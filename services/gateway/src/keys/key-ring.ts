import { timingSafeEqual } from 'node:crypto';
import { hashKey, type ApiKey } from './api-keys.ts';

/** The keys in force. */
export interface KeyRing {
  /** The key with this text, or null. Takes the same time whether and where it stands. */
  readonly find: (text: string) => ApiKey | null;
  readonly isEmpty: () => boolean;
  /** Takes another set of keys. */
  readonly replace: (keys: readonly ApiKey[]) => void;
}

export function createKeyRing(initial: readonly ApiKey[]): KeyRing {
  let entries = toEntries(initial);
  return {
    find: (text) => {
      const wanted = Buffer.from(hashKey(text), 'hex');
      let found: ApiKey | null = null;
      for (const { hash, key } of entries) if (timingSafeEqual(hash, wanted)) found = key;
      return found;
    },
    isEmpty: () => entries.length === 0,
    replace: (keys) => {
      entries = toEntries(keys);
    },
  };
}

function toEntries(keys: readonly ApiKey[]): readonly { hash: Buffer; key: ApiKey }[] {
  return keys.flatMap((key) => key.hashes.map((hash) => ({ hash: Buffer.from(hash, 'hex'), key })));
}
