import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreHeldError } from './token-store.ts';

const LOCK_FILE = 'broker.lock';
const HOLDER_FILE = 'broker.holder';
const SQLITE_BUSY = 5;

/** An exclusive hold on a folder; it ends with `release` or with the process, however that dies. */
export interface FolderLock {
  readonly release: () => void;
}

/**
 * Takes the folder for this process, or refuses at once. The lock is the one that SQLite takes on its file: a lock of
 * the kernel, so it needs no clean-up after SIGKILL, and no guess whether a process id still means the same process.
 * Nothing is ever stored in that file.
 *
 * @throws StoreHeldError naming the holder; a system or SQLite error when the folder cannot be written
 */
export function lockFolder(folder: string, holder: string): FolderLock {
  const database = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    chmodSync(join(folder, LOCK_FILE), 0o600);
    writeFileSync(join(folder, HOLDER_FILE), `${holder}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    throw isBusy(error) ? new StoreHeldError(folder, readHolder(folder)) : error;
  }
  return { release: () => database.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function readHolder(folder: string): string {
  try {
    return readFileSync(join(folder, HOLDER_FILE), 'utf8').trim() || 'unknown';
  } catch {
    // the holder is just starting and has not signed yet
    return 'unknown';
  }
}
