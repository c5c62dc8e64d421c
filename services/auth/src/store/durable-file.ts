import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

const FILE_MODE = 0o600;
/** Files that a crash may leave behind, never part of a record. */
export const TEMPORARY_SUFFIX = '.tmp';

/**
 * Replaces a file so that a reader, or a crash, meets the old content or the new one: a new file, flushed, renamed over
 * the old one, and the folder flushed.
 */
export async function writeDurably(folder: string, path: string, content: string | Buffer): Promise<void> {
  const temporary = `${path}.${randomUUID()}${TEMPORARY_SUFFIX}`;
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(folder);
}

/** Writes a file that was not there, for its owner alone, and flushes it. */
export async function writeFlushed(path: string, content: string | Buffer): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
