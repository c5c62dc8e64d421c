import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { writeDurably } from './durable-file.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { TokenRecord } from './token-store.ts';

/**
 * Where new tokens are kept on the way into a store that is far away, in case this process dies before they are there.
 * They are sealed with the refresh token that was spent for them, which the durable record has.
 */
export interface Spill {
  /** Rejects with a system error. */
  readonly put: (alias: string, spent: Secret, record: TokenRecord) => Promise<void>;
  /** What came for this refresh token; null when nothing is known of it. Never rejects. */
  readonly find: (alias: string, spent: Secret) => Promise<TokenRecord | null>;
  /** Never rejects: what is left behind opens with a spent token, and is no longer what came for it last. */
  readonly drop: (alias: string) => Promise<void>;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'codex-auth spilled tokens';

/** One 0600 file an account: salt, nonce, tag, sealed record. Meant for a volume that outlives the container. */
export function createSpillFolder(folder: string): Spill {
  const pathOf = (alias: string) => join(folder, `${alias}.spill`);
  return {
    put: async (alias, spent, record) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeDurably(folder, pathOf(alias), seal(spent, encodeRecord(record)));
    },
    find: async (alias, spent) => {
      try {
        const decoded = decodeRecord(open(spent, await readFile(pathOf(alias))));
        return decoded.ok ? decoded.record : null;
      } catch {
        // not there, of another token, or torn: it helps nobody
        return null;
      }
    },
    drop: (alias) => rm(pathOf(alias), { force: true }).catch(() => undefined),
  };
}

function seal(spent: Secret, text: string): Buffer {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
  const cipher = createCipheriv(CIPHER, keyOf(spent, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]);
}

/** @throws when it was sealed for another token, or was changed */
function open(spent: Secret, bytes: Buffer): string {
  const [nonceAt, tagAt] = [SALT_BYTES, SALT_BYTES + NONCE_BYTES];
  const sealedAt = tagAt + TAG_BYTES;
  const key = keyOf(spent, bytes.subarray(0, nonceAt));
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(nonceAt, tagAt));
  decipher.setAuthTag(bytes.subarray(tagAt, sealedAt));
  return Buffer.concat([decipher.update(bytes.subarray(sealedAt)), decipher.final()]).toString('utf8');
}

function keyOf(spent: Secret, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', spent.reveal(), salt, PURPOSE, KEY_BYTES));
}
