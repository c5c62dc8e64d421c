import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { AUDIENCE, createServiceAccountCallers } from '../../src/callers/service-accounts.ts';
import { makeToken, START_MS } from '../logins.ts';
import { startFakeApiServer } from './fake-api-server.ts';

const GATEWAY = 'system:serviceaccount:codex:codex-gateway';
const proof = makeToken({ issuedAt: START_MS, lifeMs: 600_000 });
const reviewed = (username: string, audiences: readonly string[] = [AUDIENCE]) => ({
  authenticated: true,
  audiences,
  user: { username },
});

async function create(t: TestContext) {
  const fake = await startFakeApiServer(t);
  const api = await fake.connect();
  const clock = createManualClock(START_MS);
  const callers = createServiceAccountCallers({ api, clock, allowed: new Set(['codex/codex-gateway']) });
  t.after(callers.close);
  const kinds = async (...proofs: readonly string[]) =>
    (await Promise.all(proofs.map(callers.judge))).map(({ kind }) => kind);
  return { fake, clock, callers, kinds };
}

test('a ServiceAccount of the list is let in, and its token is reviewed for our audience', async (t) => {
  const { fake, callers } = await create(t);
  fake.review = () => reviewed(GATEWAY);
  assert.deepEqual(await callers.judge(proof), { kind: 'ok' });
  assert.deepEqual(fake.asked[0]?.body, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: proof, audiences: [AUDIENCE] },
  });
});

for (const [who, review, verdict] of [
  [
    'a token that the API server does not know',
    { authenticated: false, error: `invalid bearer token ${proof}` },
    { kind: 'unknown', reason: 'the API server does not know the token' },
  ],
  [
    'a token for another audience',
    reviewed(GATEWAY, ['https://kubernetes.default.svc']),
    { kind: 'unknown', reason: 'the token is not for codex-auth' },
  ],
  [
    'a ServiceAccount of another namespace',
    reviewed('system:serviceaccount:other:codex-gateway'),
    { kind: 'not_allowed', reason: 'other/codex-gateway is not in ALLOWED_CALLERS' },
  ],
  [
    'a user that is no ServiceAccount',
    reviewed('system:admin'),
    { kind: 'not_allowed', reason: 'the token is of no ServiceAccount' },
  ],
] as const) {
  test(`${who} is refused`, async (t) => {
    const { fake, callers } = await create(t);
    fake.review = () => review;
    assert.deepEqual(await callers.judge(proof), verdict);
  });
}

test('many requests with one token cost one review, and the next one comes after a minute', async (t) => {
  const { fake, clock, kinds } = await create(t);
  fake.review = () => reviewed(GATEWAY);
  await kinds(...Array<string>(50).fill(proof));
  clock.advance(59_999);
  await kinds(proof);
  assert.equal(fake.asked.length, 1);
  clock.advance(1);
  await kinds(proof);
  assert.equal(fake.asked.length, 2);
});

test('a refusal is remembered for five seconds, so that a new ServiceAccount is soon let in', async (t) => {
  const { fake, clock, kinds } = await create(t);
  assert.deepEqual(await kinds(proof), ['unknown']);
  fake.review = () => reviewed(GATEWAY);
  clock.advance(4_999);
  assert.deepEqual(await kinds(proof), ['unknown']);
  clock.advance(1);
  assert.deepEqual(await kinds(proof), ['ok']);
});

test('while the API server is away, who was known is believed until its token expires, and nobody else', async (t) => {
  const { fake, clock, kinds } = await create(t);
  fake.review = () => reviewed(GATEWAY);
  await kinds(proof);
  fake.review = () => 503;
  clock.advance(599_999);
  assert.deepEqual(await kinds(proof, 'another'), ['ok', 'undecided']);
  clock.advance(1);
  assert.deepEqual(await kinds(proof), ['undecided']);
});

test('a caller whose pod was deleted is refused at the next review', async (t) => {
  const { fake, clock, kinds } = await create(t);
  fake.review = () => reviewed(GATEWAY);
  await kinds(proof);
  fake.review = () => ({ authenticated: false });
  clock.advance(60_000);
  assert.deepEqual(await kinds(proof), ['unknown']);
});

test('a crowd of unknown tokens does not become a crowd of reviews', async (t) => {
  const { fake, kinds } = await create(t);
  const verdicts = await kinds(...Array.from({ length: 100 }, (_, index) => `token-${index}`));
  assert.equal(fake.asked.length, 8);
  assert.deepEqual(new Set(verdicts), new Set(['unknown', 'undecided']));
});
