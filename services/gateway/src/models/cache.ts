import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { Catalog } from './catalog.ts';
import type { ReadCatalog } from './catalog-source.ts';

/** With the cache off listings ask each time, inferences do not. */
const INFERENCE_TTL_MS = 300_000;
const STALE_MS = 24 * 3600 * 1000;
/** After a failure the backend is left alone this long; and `?refresh=true` asks it at most this often. */
const PAUSE_MS = 5_000;

export interface ModelsCache {
  /** The catalog in hand; never waits. An old one is refreshed behind the caller's back. */
  readonly current: () => Catalog;
  /**
   * The catalog, fresh if that can be had now: what a listing shows.
   *
   * @throws FaultError when there is none at all
   */
  readonly load: () => Promise<Catalog>;
  /**
   * Asks the backend now.
   *
   * @throws FaultError when the backend does not answer and there is no copy
   */
  readonly refresh: () => Promise<Catalog>;
}

export interface ModelsCacheDeps {
  readonly read: ReadCatalog;
  /** What serves without a copy; null: nothing does. */
  readonly builtIn: Catalog | null;
  /** 0 = ask for every listing. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: (result: 'refreshed' | 'unchanged' | 'failed') => void;
}

/** Nobody has said which models there are. */
const unknownCatalog: Catalog = { entries: [], complete: false };

/** The backend's models, kept for a while; the last good copy serves for a day while the backend is away. */
export function createModelsCache({
  read,
  builtIn,
  ttlMs,
  clock,
  logger,
  count,
}: ModelsCacheDeps): ModelsCache {
  let copy: { catalog: Catalog; etag: string | null; at: number } | null = null;
  let running: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;
  let readAt = Number.NEGATIVE_INFINITY;

  const isFresh = (lifeMs: number): boolean => copy !== null && clock.now() - copy.at < lifeMs;
  const hasJustRead = (): boolean => clock.now() - readAt < PAUSE_MS;
  const hasJustFailed = (): boolean => failure !== null && hasJustRead();

  const readOnce = async (): Promise<void> => {
    try {
      const reading = await read(copy?.etag ?? null);
      if (reading !== 'unchanged') copy = { ...reading, at: clock.now() };
      else if (copy) copy = { ...copy, at: clock.now() };
      failure = null;
      count(reading === 'unchanged' ? 'unchanged' : 'refreshed');
    } catch (error) {
      failure = { error };
      count('failed');
      logger.warn({ code: errorCode(error) }, 'models could not be refreshed');
    } finally {
      readAt = clock.now();
    }
  };
  const readShared = (): Promise<void> => (running ??= readOnce().finally(() => (running = null)));

  const known = (): Catalog | null =>
    copy !== null && clock.now() - copy.at < STALE_MS ? copy.catalog : builtIn;

  const unreadable = (): never => {
    throw toFault(failure?.error);
  };
  return {
    current: () => {
      if (!isFresh(ttlMs || INFERENCE_TTL_MS) && !hasJustFailed()) void readShared();
      return known() ?? unknownCatalog;
    },
    load: async () => {
      if (!isFresh(ttlMs) && !hasJustFailed()) await readShared();
      return known() ?? unreadable();
    },
    refresh: async () => {
      if (running !== null || !hasJustRead()) await readShared();
      if (copy === null && failure !== null) throw toFault(failure.error);
      return known() ?? unreadable();
    },
  };
}

/** The same cache, every catalog of it changed in the same way; each is changed once. */
export function changedModels(cache: ModelsCache, change: (catalog: Catalog) => Catalog): ModelsCache {
  const changed = new WeakMap<Catalog, Catalog>();
  const changedOnce = (catalog: Catalog): Catalog => {
    const known = changed.get(catalog) ?? change(catalog);
    changed.set(catalog, known);
    return known;
  };
  return {
    current: () => changedOnce(cache.current()),
    load: async () => changedOnce(await cache.load()),
    refresh: async () => changedOnce(await cache.refresh()),
  };
}

function toFault(error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  return new FaultError(
    { kind: 'upstream_unavailable', message: 'The models cannot be read from the upstream.' },
    { cause: error },
  );
}
