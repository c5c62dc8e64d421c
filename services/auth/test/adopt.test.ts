import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { adoptLogin } from '../src/adopt.ts';
import { digest } from '../src/digest.ts';
import type { AdoptableLogin } from '../src/oauth/login.ts';
import { signOut } from '../src/sign-out.ts';
import { encodeRecord } from '../src/store/record-codec.ts';
import type { TokenRecord, TokenStore } from '../src/store/token-store.ts';
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

const adopt = (store: TokenStore, seed: AdoptableLogin, replace = false) =>
  adoptLogin(store, 'default', seed, { replace });

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
  assert.equal((await adopt(store, seed)).kind, 'adopted');
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
  assert.equal((await adopt(store, second)).kind, 'adopted');
  const expected = adoptedRecord(second, {
    generation: 8,
    seedFingerprints: [digest(first.refreshToken), digest(second.refreshToken)],
  });
  assert.equal(await text(store), encodeRecord(expected));
  assert.deepEqual(await adopt(store, first), { kind: 'known' });
  assert.deepEqual(await adopt(store, second), { kind: 'known' });
  assert.equal(await text(store), encodeRecord(expected));
});

test('a login of another account is not adopted; one that names no account is', async () => {
  const store = createMemoryStore();
  await adopt(store, login('rt-a'));
  const before = await text(store);
  assert.deepEqual(await adopt(store, login('rt-b', 'acc-2')), { kind: 'other_account' });
  assert.equal(await text(store), before);
  assert.equal((await adopt(store, login('rt-c', null))).kind, 'adopted');
});

test('said so, a login of another account replaces the record, and the history goes on', async () => {
  const store = createMemoryStore();
  const [first, second] = [login('rt-a'), login('rt-b', 'acc-2')];
  await adopt(store, first);
  await adopt(store, second, true);
  const seedFingerprints = [digest(first.refreshToken), digest(second.refreshToken)];
  const expected = adoptedRecord(second, { generation: 2, seedFingerprints });
  assert.equal(await text(store), encodeRecord(expected));
});

test('after a sign-out the next login goes on with the history, of whatever account it is', async () => {
  const store = createMemoryStore();
  const [first, second] = [login('rt-a'), login('rt-b', 'acc-2')];
  await adopt(store, first);
  const revoked: string[] = [];
  const ended = await signOut(store, 'default', async (token) => {
    revoked.push(token.reveal());
    return { kind: 'failed', problem: 'away' };
  });
  assert.equal(ended.kind, 'signed_out');
  assert.deepEqual(await adopt(store, first), { kind: 'known' });
  assert.equal((await store.read('default')).kind, 'signed_out');
  await adopt(store, second);
  const seedFingerprints = [digest(first.refreshToken), digest(second.refreshToken)];
  assert.equal(await text(store), encodeRecord(adoptedRecord(second, { generation: 2, seedFingerprints })));
  assert.deepEqual(revoked, ['rt-a']);
});

test('a sign-out that meets a refresh ends the newer login, too', async () => {
  const store = createMemoryStore();
  await store.replace('default', null, makeRecord({ refreshToken: new Secret('rt-1') }));
  const revoked: string[] = [];
  await signOut(store, 'default', async (token) => {
    revoked.push(token.reveal());
    const reading = await store.read('default');
    if (reading.kind === 'record' && revoked.length === 1)
      await store.replace('default', reading.version, makeRecord({ refreshToken: new Secret('rt-2') }));
    return { kind: 'revoked' };
  });
  assert.deepEqual([revoked, (await store.read('default')).kind], [['rt-1', 'rt-2'], 'signed_out']);
});

test('a seed that meets another write looks again', async () => {
  const store = createMemoryStore();
  store.beforeWrite = async () => {
    store.beforeWrite = async () => {};
    await store.replace('default', null, makeRecord({ generation: 4 }));
  };
  const adoption = await adopt(store, login('rt-b'));
  assert.equal(adoption.kind === 'adopted' && adoption.entry.record.generation, 5);
});

test('a record that cannot be read is not written over', async () => {
  const texts = new Map([['default', { text: 'torn', version: '1' }]]);
  const store = createMemoryStore({ texts });
  assert.deepEqual(await adopt(store, login('rt-a'), true), {
    kind: 'unreadable',
    problem: 'not valid JSON',
  });
  assert.equal(texts.get('default')?.text, 'torn');
});
