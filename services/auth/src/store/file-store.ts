import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { flushFolder, TEMPORARY_SUFFIX, writeDurably, writeFlushed } from './durable-file.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { encodeRecord, toReading } from './record-codec.ts';
import type { Replacement, StoreReading, TokenStore } from './token-store.ts';

export interface FileStoreOptions {
  /** Made with mode 0700 when it is not there. */
  readonly folder: string;
  /** Who we are, for a second broker's error message. */
  readonly holder: string;
}

const FOLDER_MODE = 0o700;
const OTHERS_MASK = 0o077;

/**
 * One 0600 file an account in a 0700 folder. The version of a record is the hash of its bytes. The first write takes the
 * folder for this process (see `lockFolder`).
 */
export function createFileStore({ folder, holder }: FileStoreOptions): TokenStore {
  let locking: Promise<FolderLock> | null = null;
  const turns = new Map<string, Promise<unknown>>();

  const ensureLocked = async () => {
    locking ??= takeFolder(folder, holder);
    try {
      await locking;
    } catch (error) {
      locking = null;
      throw error;
    }
  };

  const replace = async (
    path: string,
    expectedVersion: string | null,
    text: string,
  ): Promise<Replacement> => {
    await ensureLocked();
    const current = await readIfThere(path);
    if ((current === null ? null : hash(current)) !== expectedVersion) return { kind: 'conflict' };
    await writeDurably(folder, path, text);
    return { kind: 'stored', version: hash(text) };
  };

  return {
    exclusive: true,
    read: (alias) => readRecord(join(folder, `${alias}.json`)),
    replace: (alias, expectedVersion, record) => {
      const work = () => replace(join(folder, `${alias}.json`), expectedVersion, encodeRecord(record));
      const turn = (turns.get(alias) ?? Promise.resolve()).then(work, work);
      turns.set(alias, turn);
      return turn;
    },
    checkWritable: async () => {
      await ensureLocked();
      const probe = join(folder, `probe.${randomUUID()}${TEMPORARY_SUFFIX}`);
      try {
        await writeFlushed(probe, 'probe\n');
      } finally {
        await rm(probe, { force: true });
      }
    },
    close: async () => {
      await Promise.allSettled(turns.values());
      if (locking !== null) (await locking).release();
      locking = null;
    },
  };
}

async function readRecord(path: string): Promise<StoreReading> {
  try {
    const text = await readIfThere(path);
    if (text === null) return { kind: 'absent' };
    return toReading(text, hash(text));
  } catch (error) {
    return { kind: 'unreadable', problem: `cannot be read (${errorCode(error)})` };
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function takeFolder(folder: string, holder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const { mode } = await stat(folder);
  if ((mode & OTHERS_MASK) !== 0) await chmod(folder, FOLDER_MODE);
  const lock = lockFolder(folder, holder);
  await removeLeftovers(folder);
  await flushFolder(folder);
  return lock;
}

/** What a crash left behind before its rename; never part of a record. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  const leftovers = names.filter((name) => name.endsWith(TEMPORARY_SUFFIX));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
