import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Owner, RecordName } from './conversation-store.ts';

/** What makes the records of one API key unreadable, and unrecognisable, for everybody without that key. */
export interface Seal {
  /** The same for all records of the key, and for no other key's. */
  readonly owner: string;
  /** Stands for a name and does not tell it. */
  readonly nameOf: (name: RecordName) => string;
  readonly close: (name: RecordName, text: string) => Buffer;
  /** Null for what was not closed under this very name with this very key. */
  readonly open: (name: RecordName, sealed: Buffer) => string | null;
}

const CIPHER = 'aes-256-gcm';
/** Random, and 96 bits long: good for 2^32 records under one key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const OWNER_BYTES = 16;
const NAME_LENGTH = 22;
/** A new form of records gets a new number: the old ones are then found no more. */
const PURPOSE = 'codex-gateway conversations 1';

/** Everything is derived from the key's own text (HKDF-SHA-256, RFC 5869): there is no other secret to keep. */
export function createSeal({ keyId, keyText }: Owner): Seal {
  const derive = (use: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', keyText.reveal(), '', `${PURPOSE} ${use} ${keyId}`, bytes));
  const sealingKey = derive('seal', KEY_BYTES);
  const namingKey = derive('name', KEY_BYTES);
  const owner = derive('owner', OWNER_BYTES).toString('base64url');
  /** A record that was moved to another name or another key is none. */
  const placeOf = (name: RecordName): Buffer => Buffer.from(`${owner}:${name}`);
  return {
    owner,
    nameOf: (name) => createHmac('sha256', namingKey).update(name).digest('base64url').slice(0, NAME_LENGTH),
    close: (name, text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(placeOf(name));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (name, sealed) => {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, sealingKey, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(placeOf(name)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return null; // `final` refuses what does not bear out its tag
      }
    },
  };
}

/** The seals of the latest owners, by a digest of their keys: a seal costs more than a record. */
export function createSeals(digest: (text: string) => string, most: number): (owner: Owner) => Seal {
  const seals = new Map<string, Seal>();
  return (owner) => {
    const id = digest(`${owner.keyId}\n${owner.keyText.reveal()}`);
    const seal = seals.get(id) ?? createSeal(owner);
    seals.delete(id); // and to the end, where the latest are
    seals.set(id, seal);
    const [oldest] = seals.keys();
    if (oldest !== undefined && seals.size > most) seals.delete(oldest);
    return seal;
  };
}
