import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { digest } from '../src/digest.ts';
import type { GrantOutcome } from '../src/oauth/refresh-grant.ts';
import type { Trigger } from '../src/refresh-policy.ts';
import { createRefresher, type RefreshDeps, type RefreshResult } from '../src/refresh.ts';
import type { TokenStore } from '../src/store/token-store.ts';
import { signOut } from '../src/sign-out.ts';
import { HOUR_MS, makeRecord, makeToken, START_MS } from './logins.ts';
import { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
import { until } from './until.ts';

const REFUSED: Trigger = { kind: 'rejected', fingerprint: digest(makeRecord().accessToken) };

function granted(generation: number, accountId = 'acc-1'): GrantOutcome {
  const token = makeToken({ issuedAt: START_MS, lifeMs: 10 * HOUR_MS, accountId, id: `at-${generation}` });
  return {
    kind: 'granted',
    accessToken: new Secret(token),
    refreshToken: new Secret(`rt-${generation}`),
    idToken: null,
  };
}

interface Bench {
  readonly deps: RefreshDeps;
  readonly store: MemoryStore;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly refresh: (trigger: Trigger) => Promise<RefreshResult>;
  /** Refresh tokens in the order in which they were presented. */
  readonly presented: string[];
  /** Codes of failed writes after an answer, null when it was durable at last. */
  readonly unpersisted: (string | null)[];
  /** What the issuer does with the next token. */
  answer: (refreshToken: string) => Promise<GrantOutcome>;
}

function createBench(
  holder = 'us',
  options: MemoryStoreOptions = {},
  clock = createManualClock(START_MS),
): Bench {
  const store = createMemoryStore(options);
  const presented: string[] = [];
  const unpersisted: (string | null)[] = [];
  let ids = 0;
  const deps: RefreshDeps = {
    alias: 'default',
    store,
    clock,
    holder,
    chance: () => 0.5,
    onInDoubt: 'retry_once',
    intentDeadlineMs: 45_000,
    grantTimeoutMs: 25_000,
    newId: () => `${holder}-${(ids += 1)}`,
    spill: null,
    unspilled: () => {},
    unpersisted: (code) => unpersisted.push(code),
    grant: (token) => {
      presented.push(token.reveal());
      return bench.answer(token.reveal());
    },
  };
  const { refresh } = createRefresher(deps);
  const bench: Bench = {
    deps,
    store,
    clock,
    refresh,
    presented,
    unpersisted,
    answer: async () => granted(2),
  };
  return bench;
}

async function stored(store: TokenStore) {
  const reading = await store.read('default');
  assert.equal(reading.kind, 'record');
  return reading.record;
}

const systemError = (code: string) => Object.assign(new Error('made'), { code });

test('the intent is durable before the token is presented, and gone when the new one is', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  let during: unknown = null;
  bench.answer = async () => {
    during = (await stored(bench.store)).intent;
    return granted(2);
  };
  const result = await bench.refresh(REFUSED);
  assert.deepEqual(during, {
    id: 'us-1',
    holder: 'us',
    startedAt: START_MS,
    deadlineAt: START_MS + 45_000,
    fromGeneration: 1,
    attempt: 'first',
  });
  assert.deepEqual([result.kind, result.kind === 'attempted' && result.outcome], ['attempted', 'success']);
  const record = await stored(bench.store);
  assert.deepEqual(
    [record.generation, record.refreshToken.reveal(), record.intent, record.lastRefreshAt],
    [2, 'rt-2', null, START_MS],
  );
});

test('nothing is presented when the intent cannot be written', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.store.beforeWrite = () => Promise.reject(systemError('EROFS'));
  assert.deepEqual(await bench.refresh(REFUSED), { kind: 'store_failed', code: 'EROFS' });
  assert.deepEqual(bench.presented, []);
});

test('an intent whose write was reported as failed, but happened, leads to no doubt', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.clock.advance(7.1 * HOUR_MS);
  bench.store.afterWrite = () => Promise.reject(systemError('EIO'));
  assert.equal((await bench.refresh({ kind: 'due' })).kind, 'store_failed');
  assert.equal((await stored(bench.store)).intent?.id, 'us-1');
  bench.store.afterWrite = async () => {};
  const result = await bench.refresh({ kind: 'due' });
  assert.equal(result.kind === 'attempted' && result.outcome, 'success');
  assert.deepEqual(
    bench.store.history.map(({ intent }) => intent?.attempt ?? null),
    [null, 'first', 'first', null],
  );
  assert.deepEqual(bench.presented, ['rt-1']);
});

test('new tokens are written for as long as it takes, then reported', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => {
    bench.store.beforeWrite = () => Promise.reject(systemError('ENOSPC'));
    return granted(2);
  };
  const pending = bench.refresh(REFUSED);
  for (let failures = 1; failures <= 4; failures += 1) {
    await until(() => bench.clock.pending() > 0);
    assert.equal(bench.unpersisted.length, failures);
    if (failures === 4) bench.store.beforeWrite = async () => {};
    bench.clock.advance(60_000);
  }
  const result = await pending;
  assert.equal(result.kind === 'attempted' && result.outcome, 'success');
  assert.deepEqual(bench.unpersisted, ['ENOSPC', 'ENOSPC', 'ENOSPC', 'ENOSPC', null]);
  assert.equal((await stored(bench.store)).generation, 2);
  assert.deepEqual(bench.presented, ['rt-1']);
});

test('new tokens whose write was reported as failed, but happened, are recognised', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => {
    bench.store.afterWrite = () => Promise.reject(systemError('ETIMEDOUT'));
    return granted(2);
  };
  const pending = bench.refresh(REFUSED);
  await until(() => bench.clock.pending() > 0);
  bench.store.afterWrite = async () => {};
  bench.clock.advance(60_000);
  const result = await pending;
  assert.equal(result.kind === 'attempted' && result.outcome, 'success');
  assert.equal((await stored(bench.store)).generation, 2);
});

test('a pause between announcing and presenting drops the intent and starts again', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  let pauses = 0;
  bench.store.afterWrite = async (record) => {
    if (!('intent' in record) || record.intent === null || pauses > 0) return;
    pauses += 1;
    bench.clock.advance(20_001);
  };
  const result = await bench.refresh(REFUSED);
  assert.equal(result.kind === 'attempted' && result.outcome, 'success');
  assert.deepEqual(
    bench.store.history.map(({ intent }) => intent?.startedAt ?? null),
    [null, START_MS, null, START_MS + 20_001, null],
  );
  assert.deepEqual(bench.presented, ['rt-1']);
});

test('two brokers on one store: one presents the token, the other waits and then finds the new one', async () => {
  const texts = new Map();
  const clock = createManualClock(START_MS);
  const [one, two] = ['one', 'two'].map((holder) => createBench(holder, { exclusive: false, texts }, clock));
  assert.ok(one !== undefined && two !== undefined);
  await one.store.replace('default', null, makeRecord());
  const answer = Promise.withResolvers<GrantOutcome>();
  one.answer = () => answer.promise;
  const first = one.refresh(REFUSED);
  await until(() => one.presented.length > 0);

  const second = await two.refresh(REFUSED);
  assert.deepEqual(second.kind === 'idle' && second.step, {
    kind: 'wait',
    at: START_MS + 50_000,
    inDoubt: false,
  });
  answer.resolve(granted(2));
  await first;
  assert.equal((await two.refresh(REFUSED)).kind, 'idle');
  assert.deepEqual([one.presented, two.presented], [['rt-1'], []]);
});

test('two brokers that start at the same moment: the compare-and-swap lets one through', async () => {
  const texts = new Map();
  const clock = createManualClock(START_MS);
  const benches = ['one', 'two'].map((holder) => createBench(holder, { exclusive: false, texts }, clock));
  await benches[0]?.store.replace('default', null, makeRecord());
  const results = await Promise.all(benches.map(({ refresh }) => refresh(REFUSED)));
  assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ['attempted', 'idle']);
  assert.deepEqual(
    benches.flatMap(({ presented }) => presented),
    ['rt-1'],
  );
});

test('a login that was ended during its refresh does not come back with what the refresh brings', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => {
    await signOut(bench.store, 'default', async () => ({ kind: 'revoked' }));
    return granted(2);
  };
  const result = await bench.refresh(REFUSED);
  assert.equal(result.kind === 'attempted' && result.outcome, 'lost_race');
  assert.equal((await bench.store.read('default')).kind, 'signed_out');
  assert.equal((await bench.refresh({ kind: 'due' })).kind, 'no_record');
  assert.deepEqual(bench.presented, ['rt-1']);
});

test('a refusal that meets a newer record is a lost race, not a failure', async () => {
  const bench = createBench();
  const first = await bench.store.replace('default', null, makeRecord());
  assert.equal(first.kind, 'stored');
  bench.answer = async () => {
    const reading = await bench.store.read('default');
    assert.equal(reading.kind, 'record');
    const newer = makeRecord({ generation: 2, refreshToken: new Secret('rt-2') });
    await bench.store.replace('default', reading.version, newer);
    return { kind: 'permanent', reason: 'reused' };
  };
  const result = await bench.refresh(REFUSED);
  assert.equal(result.kind === 'attempted' && result.outcome, 'lost_race');
  const record = await stored(bench.store);
  assert.deepEqual([record.generation, record.failure], [2, null]);
});

test('new tokens win over a record that was only annotated meanwhile', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => {
    const reading = await bench.store.read('default');
    assert.equal(reading.kind, 'record');
    await bench.store.replace('default', reading.version, {
      ...reading.record,
      seedFingerprints: ['a'.repeat(64)],
    });
    return granted(2);
  };
  const result = await bench.refresh(REFUSED);
  assert.equal(result.kind === 'attempted' && result.outcome, 'success');
  const record = await stored(bench.store);
  assert.deepEqual([record.refreshToken.reveal(), record.seedFingerprints], ['rt-2', ['a'.repeat(64)]]);
});

test('a new refresh token without an access token is kept all the same', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => ({
    kind: 'granted',
    accessToken: null,
    refreshToken: new Secret('rt-2'),
    idToken: null,
  });
  await bench.refresh(REFUSED);
  const record = await stored(bench.store);
  assert.deepEqual(
    [record.generation, record.refreshToken.reveal(), digest(record.accessToken)],
    [2, 'rt-2', digest(makeRecord().accessToken)],
  );
});

test('tokens of another account are kept, and never count as usable', async () => {
  const bench = createBench();
  await bench.store.replace('default', null, makeRecord());
  bench.answer = async () => granted(2, 'acc-other');
  const result = await bench.refresh(REFUSED);
  assert.equal(result.kind === 'attempted' && result.outcome, 'account_mismatch');
  const record = await stored(bench.store);
  assert.deepEqual([record.refreshToken.reveal(), record.failure?.reason], ['rt-2', 'account_mismatch']);
});

test('an account without a record, or with one that cannot be read, is left alone', async () => {
  const texts = new Map();
  const bench = createBench('us', { texts });
  assert.deepEqual(await bench.refresh(REFUSED), { kind: 'no_record', reading: { kind: 'absent' } });
  texts.set('default', { text: 'torn', version: '1' });
  assert.deepEqual(await bench.refresh(REFUSED), {
    kind: 'no_record',
    reading: { kind: 'unreadable', problem: 'not valid JSON' },
  });
  assert.deepEqual(bench.presented, []);
});
