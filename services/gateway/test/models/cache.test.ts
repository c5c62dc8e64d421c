import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { createModelsCache } from '../../src/models/cache.ts';
import type { CatalogReading } from '../../src/models/catalog-source.ts';
import { builtInCatalog, toCatalog, type Catalog } from '../../src/models/catalog.ts';
import { captureLog } from '../log-capture.ts';

const TTL_MS = 300_000;
const DAY_MS = 24 * 3_600_000;

function catalogOf(...slugs: readonly string[]): Catalog {
  return toCatalog({ models: slugs.map((slug) => ({ slug })) });
}

const first = catalogOf('a');
const second = catalogOf('a', 'b');
const away = new FaultError({ kind: 'upstream_unavailable', message: 'The upstream is away.' });

/** A cache whose backend answers only when the test says so. */
function createCache(ttlMs = TTL_MS, builtIn: Catalog | null = builtInCatalog) {
  const clock = createManualClock();
  const log = captureLog();
  const counts: string[] = [];
  const etags: (string | null)[] = [];
  const waiting: PromiseWithResolvers<CatalogReading>[] = [];
  const cache = createModelsCache({
    read: (etag) => {
      etags.push(etag);
      const reading = Promise.withResolvers<CatalogReading>();
      waiting.push(reading);
      return reading.promise;
    },
    builtIn,
    ttlMs,
    clock,
    logger: log.logger,
    count: (result) => void counts.push(result),
  });
  /** Answers the one question that is open, and lets the cache take the answer. */
  const answer = async (reading: CatalogReading | Error): Promise<void> => {
    const [open, ...others] = waiting.splice(0);
    assert.ok(open && others.length === 0, 'exactly one question is open');
    if (reading instanceof Error) open.reject(reading);
    else open.resolve(reading);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { cache, clock, log, counts, etags, answer, open: () => waiting.length };
}

test('before anything was read the built-in list serves, and the backend is asked behind the caller', async () => {
  const { cache, answer, counts } = createCache();
  assert.equal(cache.current(), builtInCatalog);
  await answer({ catalog: first, etag: null });
  assert.equal(cache.current(), first);
  assert.deepEqual(counts, ['refreshed']);
});

test('a listing waits for the backend; any number of them is one question', async () => {
  const { cache, answer, etags } = createCache();
  const listings = Array.from({ length: 20 }, () => cache.load());
  cache.current();
  const forced = cache.refresh();
  await answer({ catalog: first, etag: null });
  assert.deepEqual(new Set(await Promise.all([...listings, forced])), new Set([first]));
  assert.deepEqual(etags, [null]);
});

test('a copy serves until its time is over, then it is asked again with its etag', async () => {
  const { cache, clock, answer, etags, open } = createCache();
  void cache.load();
  await answer({ catalog: first, etag: 'W/"1"' });
  clock.advance(TTL_MS - 1);
  assert.equal(await cache.load(), first);
  assert.equal(open(), 0);
  clock.advance(1);
  assert.equal(cache.current(), first);
  await answer({ catalog: second, etag: 'W/"2"' });
  assert.equal(cache.current(), second);
  assert.deepEqual(etags, [null, 'W/"1"']);
});

test('an unchanged answer renews the copy for its whole time', async () => {
  const { cache, clock, answer, counts, open } = createCache();
  void cache.load();
  await answer({ catalog: first, etag: '"1"' });
  clock.advance(TTL_MS);
  const listing = cache.load();
  await answer('unchanged');
  assert.equal(await listing, first);
  clock.advance(TTL_MS - 1);
  cache.current();
  assert.equal(open(), 0);
  assert.deepEqual(counts, ['refreshed', 'unchanged']);
});

test('while the backend is away the last copy serves for a day, then the built-in list', async () => {
  const { cache, clock, answer, counts, log } = createCache();
  void cache.load();
  await answer({ catalog: first, etag: null });
  clock.advance(DAY_MS - 1);
  const listing = cache.load();
  await answer(away);
  assert.equal(await listing, first);
  clock.advance(1);
  assert.equal(cache.current(), builtInCatalog);
  assert.deepEqual(counts, ['refreshed', 'failed']);
  assert.deepEqual(log.said(), ['warn models could not be refreshed']);
});

test('after a failure the backend is left alone for five seconds', async () => {
  const { cache, clock, answer, open } = createCache();
  void cache.load();
  await answer(away);
  clock.advance(4_999);
  assert.equal(await cache.load(), builtInCatalog);
  assert.equal(open(), 0);
  clock.advance(1);
  cache.current();
  assert.equal(open(), 1);
  await answer({ catalog: first, etag: null });
});

test('a forced refresh asks at most once in five seconds, whatever came of it', async () => {
  for (const result of [{ catalog: second, etag: null }, 'unchanged', away] as const) {
    const { cache, clock, answer, open } = createCache();
    void cache.load();
    await answer({ catalog: first, etag: '"1"' });
    assert.equal(await cache.refresh(), first, 'just read');
    clock.advance(5_000);
    const forced = cache.refresh();
    await answer(result);
    const expected = result === 'unchanged' || result === away ? first : second;
    assert.equal(await forced, expected);
    clock.advance(4_999);
    assert.equal(await cache.refresh(), expected);
    assert.equal(open(), 0);
    clock.advance(1);
    void cache.refresh();
    assert.equal(open(), 1);
    await answer('unchanged');
  }
});

test('a forced refresh without any copy tells why there is none', async () => {
  const { cache, clock, answer, open } = createCache();
  const forced = cache.refresh();
  void answer(away);
  await assert.rejects(forced, away);
  await assert.rejects(cache.refresh(), away, 'not asked again so soon');
  assert.equal(open(), 0);
  clock.advance(5_000);
  const again = cache.refresh();
  void answer(new TypeError('text of a bug, canary'));
  await assert.rejects(again, (error) => {
    assert.ok(error instanceof FaultError);
    assert.deepEqual(error.fault, {
      kind: 'upstream_unavailable',
      message: 'The models cannot be read from the upstream.',
    });
    return true;
  });
});

test('a copy that came after a failure ends it', async () => {
  const { cache, clock, answer } = createCache();
  const forced = cache.refresh();
  void answer(away);
  await assert.rejects(forced, away);
  clock.advance(5_000);
  void cache.load();
  await answer({ catalog: first, etag: null });
  assert.equal(await cache.refresh(), first);
});

test('with the cache off a listing asks each time, an inference every five minutes, and never waits', async () => {
  const { cache, clock, answer, open, etags } = createCache(0);
  assert.equal(cache.current(), builtInCatalog);
  await answer({ catalog: first, etag: 'e1' });
  assert.deepEqual([cache.current(), cache.current(), open()], [first, first, 0]);
  const listing = cache.load();
  await answer({ catalog: second, etag: 'e2' });
  assert.equal(await listing, second);
  assert.deepEqual(etags, [null, 'e1']);
  clock.advance(300_000);
  assert.deepEqual([cache.current(), open()], [second, 1]);
});

test('an empty list from the backend cannot tell that a model does not exist', () => {
  assert.deepEqual([toCatalog({ models: [] }).complete, first.complete], [false, true]);
});
