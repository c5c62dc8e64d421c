import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { encodeRecord } from '../src/store/record-codec.ts';
import type { StoreReading, TokenStore } from '../src/store/token-store.ts';
import { makeRecord, START_MS } from './logins.ts';

const contents = (reading: StoreReading) =>
  reading.kind === 'record' ? encodeRecord(reading.record) : reading.kind;

/** What every token store must do. `open` gives a store over an empty place, and another store over the same place. */
export function tokenStoreContract(
  name: string,
  open: (
    t: TestContext,
  ) => Promise<{ readonly store: TokenStore; readonly reopen: () => Promise<TokenStore> }>,
): void {
  test(`${name}: an account without a record is absent`, async (t) => {
    const { store } = await open(t);
    assert.deepEqual(await store.read('default'), { kind: 'absent' });
  });

  test(`${name}: a record comes back whole, under the version that the write gave`, async (t) => {
    const { store } = await open(t);
    const record = makeRecord({
      lastRefreshAt: START_MS + 1,
      seedFingerprints: ['a'.repeat(64)],
      intent: {
        id: 'intent-1',
        holder: 'pid 1',
        startedAt: START_MS,
        deadlineAt: START_MS + 45_000,
        fromGeneration: 1,
        attempt: 'first',
      },
      failure: { reason: 'reused', refreshTokenDigest: 'b'.repeat(64), at: START_MS },
    });
    const written = await store.replace('default', null, record);
    const reading = await store.read('default');
    assert.equal(written.kind, 'stored');
    assert.equal(reading.kind, 'record');
    assert.equal(written.version, reading.version);
    assert.equal(encodeRecord(reading.record), encodeRecord(record));
  });

  test(`${name}: what stays of a signed-out account comes back, and gives way to the next login`, async (t) => {
    const { store } = await open(t);
    const first = await store.replace('default', null, makeRecord({ generation: 3 }));
    assert.equal(first.kind, 'stored');
    const remains = { signedOut: true, generation: 3, seedFingerprints: ['a'.repeat(64)] } as const;
    const second = await store.replace('default', first.version, remains);
    assert.equal(second.kind, 'stored');
    assert.deepEqual(await store.read('default'), {
      kind: 'signed_out',
      version: second.version,
      record: remains,
    });
    await store.replace('default', second.version, makeRecord({ generation: 4 }));
    assert.equal(contents(await store.read('default')), encodeRecord(makeRecord({ generation: 4 })));
  });

  test(`${name}: a record is not created over another one`, async (t) => {
    const { store } = await open(t);
    await store.replace('default', null, makeRecord({ generation: 1 }));
    assert.deepEqual(await store.replace('default', null, makeRecord({ generation: 9 })), {
      kind: 'conflict',
    });
    assert.equal(contents(await store.read('default')), encodeRecord(makeRecord({ generation: 1 })));
  });

  test(`${name}: a write from an outdated version is a conflict and changes nothing`, async (t) => {
    const { store } = await open(t);
    const first = await store.replace('default', null, makeRecord({ generation: 1 }));
    assert.equal(first.kind, 'stored');
    await store.replace('default', first.version, makeRecord({ generation: 2 }));
    assert.deepEqual(await store.replace('default', first.version, makeRecord({ generation: 3 })), {
      kind: 'conflict',
    });
    assert.equal(contents(await store.read('default')), encodeRecord(makeRecord({ generation: 2 })));
  });

  test(`${name}: of many writes from one version exactly one is stored`, async (t) => {
    const { store } = await open(t);
    const first = await store.replace('default', null, makeRecord());
    assert.equal(first.kind, 'stored');
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.replace('default', first.version, makeRecord({ generation: index + 2 })),
      ),
    );
    assert.equal(results.filter(({ kind }) => kind === 'stored').length, 1);
    const winner = results.findIndex(({ kind }) => kind === 'stored');
    assert.equal(contents(await store.read('default')), encodeRecord(makeRecord({ generation: winner + 2 })));
  });

  test(`${name}: accounts do not disturb each other`, async (t) => {
    const { store } = await open(t);
    await Promise.all([
      store.replace('one', null, makeRecord({ generation: 1 })),
      store.replace('two', null, makeRecord({ generation: 2 })),
    ]);
    assert.equal(contents(await store.read('one')), encodeRecord(makeRecord({ generation: 1 })));
    assert.equal(contents(await store.read('two')), encodeRecord(makeRecord({ generation: 2 })));
  });

  test(`${name}: what was stored is there for the next process, and its version still fits`, async (t) => {
    const { store, reopen } = await open(t);
    const first = await store.replace('default', null, makeRecord());
    assert.equal(first.kind, 'stored');
    await store.close();
    const next = await reopen();
    const written = await next.replace('default', first.version, makeRecord({ generation: 2 }));
    assert.equal(written.kind, 'stored');
  });

  test(`${name}: it can be written`, async (t) => {
    const { store } = await open(t);
    await store.checkWritable();
    assert.deepEqual(await store.read('default'), { kind: 'absent' });
  });
}
