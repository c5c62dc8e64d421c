import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { adoptSeed } from '../src/adopt.ts';
import { digest } from '../src/digest.ts';
import type { AdoptableLogin } from '../src/oauth/auth-json.ts';
import { encodeRecord } from '../src/store/record-codec.ts';
import type { TokenRecord } from '../src/store/token-store.ts';
import { HOUR_MS, makeRecord, START_MS } from './logins.ts';
import { createMemoryStore } from './memory-store.ts';

function login(refreshToken: string, accountId: string | null = 'acc-1'): AdoptableLogin {
  return {
    refreshToken: new Secret(refreshToken),
    access: {
      accessToken: new Secret(`access of ${refreshToken}`),
      issuedAt: START_MS,
      expiresAt: START_MS + HOUR_MS,
      accountId,
      plan: 'plus',
    },
    lastRefreshAt: START_MS,
  };
}

function adoptedRecord(seed: AdoptableLogin, changes: Partial<TokenRecord>): TokenRecord {
  return makeRecord({
    ...seed.access,
    refreshToken: seed.refreshToken,
    lastRefreshAt: START_MS,
    seedFingerprints: [digest(seed.refreshToken)],
    ...changes,
  });
}

async function text(store: ReturnType<typeof createMemoryStore>): Promise<string> {
  const reading = await store.read('default');
  return reading.kind === 'record' ? encodeRecord(reading.record) : reading.kind;
}

test('the first seed becomes the first generation', async () => {
  const store = createMemoryStore();
  const seed = login('rt-a');
  assert.equal((await adoptSeed(store, 'default', seed)).kind, 'adopted');
  assert.equal(await text(store), encodeRecord(adoptedRecord(seed, { generation: 1 })));
});

test('a new seed goes on with the generation, ends doubt and failure, and every earlier one is remembered', async () => {
  const store = createMemoryStore();
  const [first, second] = [login('rt-a'), login('rt-b')];
  await store.replace(
    'default',
    null,
    adoptedRecord(first, {
      generation: 7,
      failure: { reason: 'reused', refreshTokenDigest: digest(first.refreshToken), at: START_MS },
      intent: {
        id: 'intent-1',
        holder: 'them',
        startedAt: START_MS,
        deadlineAt: START_MS + 45_000,
        fromGeneration: 7,
        attempt: 'first',
      },
    }),
  );
  assert.equal((await adoptSeed(store, 'default', second)).kind, 'adopted');
  const expected = adoptedRecord(second, {
    generation: 8,
    seedFingerprints: [digest(first.refreshToken), digest(second.refreshToken)],
  });
  assert.equal(await text(store), encodeRecord(expected));
  assert.deepEqual(await adoptSeed(store, 'default', first), { kind: 'known' });
  assert.deepEqual(await adoptSeed(store, 'default', second), { kind: 'known' });
  assert.equal(await text(store), encodeRecord(expected));
});

test('a login of another account is not adopted; one that names no account is', async () => {
  const store = createMemoryStore();
  await adoptSeed(store, 'default', login('rt-a'));
  const before = await text(store);
  assert.deepEqual(await adoptSeed(store, 'default', login('rt-b', 'acc-2')), { kind: 'other_account' });
  assert.equal(await text(store), before);
  assert.equal((await adoptSeed(store, 'default', login('rt-c', null))).kind, 'adopted');
});

test('a seed that meets another write looks again', async () => {
  const store = createMemoryStore();
  store.beforeWrite = async () => {
    store.beforeWrite = async () => {};
    await store.replace('default', null, makeRecord({ generation: 4 }));
  };
  const adoption = await adoptSeed(store, 'default', login('rt-b'));
  assert.equal(adoption.kind === 'adopted' && adoption.entry.record.generation, 5);
});

test('a record that cannot be read is not written over', async () => {
  const texts = new Map([['default', { text: 'torn', version: '1' }]]);
  const store = createMemoryStore({ texts });
  assert.deepEqual(await adoptSeed(store, 'default', login('rt-a')), { kind: 'unreadable' });
  assert.equal(texts.get('default')?.text, 'torn');
});
