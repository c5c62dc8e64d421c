import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { Metrics } from '../metrics.ts';
import { apiKeyFromText, readKeysFile, type ApiKey, type KeysFile } from './api-keys.ts';
import type { KeyRing } from './key-ring.ts';

const INTERVAL_MS = 5_000;

/** The settings that say where keys come from. */
export interface KeySettings {
  /** All keys at the start. */
  readonly keys: readonly ApiKey[];
  readonly API_KEYS_FILE?: string | undefined;
  readonly API_KEY?: Secret | undefined;
}

export interface KeyWatchDeps {
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'keysReloads'>;
}

/**
 * Looks at the keys file every five seconds (a mounted Secret changes by a symbolic link, which no file watcher
 * reports). A broken file changes nothing: the last good keys stay in force, and it is said once. Returns its end.
 */
export function watchKeys(
  { API_KEYS_FILE: path, API_KEY: single, keys: initial }: KeySettings,
  { ring, clock, logger, metrics }: KeyWatchDeps,
): () => void {
  if (path === undefined) return () => {};
  const fixed = single ? [apiKeyFromText('default', single.reveal())] : [];
  const take = (file: KeysFile): void => {
    metrics.keysReloads.inc({ result: file.ok ? 'reloaded' : 'broken' });
    if (file.ok) {
      ring.replace([...fixed, ...file.keys]);
      logger.info({ keys: file.keys.length }, 'API keys reloaded');
    } else {
      logger.error({ problems: file.problems }, 'API keys file is broken, the last good keys stay in force');
    }
  };
  let last = JSON.stringify({ ok: true, keys: initial.slice(fixed.length) });
  let cancel = clock.after(INTERVAL_MS, look);
  function look(): void {
    const file = readKeysFile(path ?? '');
    const text = JSON.stringify(file);
    if (text !== last) take(file);
    last = text;
    cancel = clock.after(INTERVAL_MS, look);
  }
  return () => cancel();
}
