import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { apiKeyFromText, hashKey, parseKeys } from '../../src/keys/api-keys.ts';
import { createKeyRing } from '../../src/keys/key-ring.ts';
import { watchKeys } from '../../src/keys/key-watch.ts';
import { createMetrics } from '../../src/metrics.ts';
import { captureLog } from '../log-capture.ts';

function keysText(...texts: readonly string[]): string {
  return `keys:\n${texts.map((text) => `  - { id: ${text}, sha256: ${hashKey(text)} }\n`).join('')}`;
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'key-watch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function watch(t: TestContext, path: string | undefined, single?: Secret) {
  const clock = createManualClock();
  const log = captureLog();
  const metrics = createMetrics('0', {
    inflightRequests: () => 0,
    inflightStreams: () => 0,
    draining: () => false,
  });
  const start = parseKeys(keysText('start'));
  const ring = createKeyRing(start.ok ? start.keys : []);
  const fixed = single ? [apiKeyFromText('default', single.reveal())] : [];
  const stop = watchKeys(
    { API_KEYS_FILE: path, API_KEY: single, keys: [...fixed, ...(start.ok ? start.keys : [])] },
    { ring, clock, logger: log.logger, metrics },
  );
  t.after(stop);
  const reloads = async (): Promise<Readonly<Record<string, number>>> => {
    const { values } = await metrics.keysReloads.get();
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels.result), value]));
  };
  const ids = (...texts: readonly string[]) => texts.map((text) => ring.find(text)?.id ?? null);
  return { clock, log, reloads, ids, stop };
}

test('a changed file is in force at the next look, five seconds later', async (t) => {
  const path = join(folderOf(t), 'keys.yaml');
  writeFileSync(path, keysText('start'));
  const { clock, log, reloads, ids } = watch(t, path);
  writeFileSync(path, keysText('start', 'second'));
  clock.advance(4_999);
  assert.deepEqual(ids('start', 'second'), ['start', null]);
  clock.advance(1);
  assert.deepEqual(ids('start', 'second'), ['start', 'second']);
  assert.deepEqual(log.said(), ['info API keys reloaded']);
  assert.deepEqual(await reloads(), { reloaded: 1 });
});

test('an unchanged file and a file with other bytes but the same keys are not a reload', async (t) => {
  const path = join(folderOf(t), 'keys.yaml');
  writeFileSync(path, keysText('start'));
  const { clock, log, reloads } = watch(t, path);
  clock.advance(60_000);
  writeFileSync(path, `# a comment\n${keysText('start')}`);
  clock.advance(60_000);
  assert.deepEqual(log.said(), []);
  assert.deepEqual(await reloads(), {});
});

for (const [what, breakIt] of [
  ['broken', (path: string) => writeFileSync(path, 'keys: []\n')],
  ['empty', (path: string) => writeFileSync(path, '')],
  ['missing', (path: string) => rmSync(path)],
] as const) {
  test(`a ${what} file keeps the last good keys and says so once, in the log and as a metric`, async (t) => {
    const path = join(folderOf(t), 'keys.yaml');
    writeFileSync(path, keysText('start'));
    const { clock, log, reloads, ids } = watch(t, path);
    breakIt(path);
    clock.advance(60_000);
    assert.deepEqual(ids('start'), ['start']);
    assert.deepEqual(log.said(), ['error API keys file is broken, the last good keys stay in force']);
    assert.deepEqual(await reloads(), { broken: 1 });
    writeFileSync(path, keysText('repaired'));
    clock.advance(5_000);
    assert.deepEqual(ids('start', 'repaired'), [null, 'repaired']);
    assert.deepEqual(await reloads(), { broken: 1, reloaded: 1 });
  });
}

test('a file that is broken in another way is told again', (t) => {
  const path = join(folderOf(t), 'keys.yaml');
  writeFileSync(path, keysText('start'));
  const { clock, log } = watch(t, path);
  writeFileSync(path, 'keys: []\n');
  clock.advance(10_000);
  writeFileSync(path, 'keys: [\n');
  clock.advance(10_000);
  assert.equal(log.said().length, 2);
});

test('a mounted Secret changes by its symbolic link, and that is seen', (t) => {
  const folder = folderOf(t);
  const version = (name: string, ...texts: readonly string[]): void => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'keys.yaml'), keysText(...texts));
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  version('..v1', 'start');
  symlinkSync(join('..data', 'keys.yaml'), join(folder, 'keys.yaml'));
  const { clock, ids } = watch(t, join(folder, 'keys.yaml'));
  version('..v2', 'second');
  clock.advance(5_000);
  assert.deepEqual(ids('start', 'second'), [null, 'second']);
});

test('the key of API_KEY stays in force beside the file', (t) => {
  const path = join(folderOf(t), 'keys.yaml');
  writeFileSync(path, keysText('start'));
  const { clock, ids } = watch(t, path, new Secret('single'));
  writeFileSync(path, keysText('second'));
  clock.advance(5_000);
  assert.deepEqual(ids('single', 'second'), ['default', 'second']);
});

test('without a file there is nothing to watch, and the watch ends', (t) => {
  assert.equal(watch(t, undefined).clock.pending(), 0);
  const path = join(folderOf(t), 'keys.yaml');
  writeFileSync(path, keysText('start'));
  const { clock, stop } = watch(t, path);
  clock.advance(5_000);
  assert.equal(clock.pending(), 1);
  stop();
  assert.equal(clock.pending(), 0);
});
