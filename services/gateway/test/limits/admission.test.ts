import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { apiKeyFromText, type ApiKey } from '../../src/keys/api-keys.ts';
import { createAdmission, type Permit } from '../../src/limits/admission.ts';
import type { Admission, LimitState, LimitStore, Reservation } from '../../src/limits/limit-store.ts';
import type { LimitRow } from '../../src/limits/limits.ts';
import { createMemoryLimitStore } from '../../src/limits/memory-store.ts';

const everyLimit: ApiKey = {
  ...apiKeyFromText('team', 'text'),
  limits: { rpm: 2, rpd: 20, tpm: 4_000, concurrency: 2, maxTokens: 9 },
  quota: { tokens: 50_000, period: 'month' },
};

type Call = readonly [name: 'admit' | 'renew' | 'settle', detail: unknown];

/** A store that admits everything and keeps what it was asked. */
function recordingStore(): { readonly store: LimitStore; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  const store: LimitStore = {
    admit: async (reservation: Reservation): Promise<Admission> => {
      calls.push(['admit', reservation.rows]);
      return { ok: true, states: [], reservation, at: 0 };
    },
    renew: async ({ reservation }) => void calls.push(['renew', reservation.reservationId]),
    settle: async (_admitted, usedTokens) => void calls.push(['settle', usedTokens]),
  };
  return { store, calls };
}

const request = { key: everyLimit, inputBytes: 4_001, maxTokens: null, onStates: () => {} };

test('the limits of a key are rows in the order in which they are checked', async () => {
  const { store, calls } = recordingStore();
  const permit = await createAdmission(store, createManualClock())(request);
  const tokens = 1_001 + 1_024; // input bytes by four, rounded up, and the usual answer
  const expected: readonly LimitRow[] = [
    {
      name: 'quota',
      unit: 'tokens',
      window: { kind: 'calendar', period: 'month' },
      ceiling: 50_000,
      cost: tokens,
    },
    { name: 'rpm', unit: 'requests', window: { kind: 'sliding', seconds: 60 }, ceiling: 2, cost: 1 },
    { name: 'rpd', unit: 'requests', window: { kind: 'calendar', period: 'day' }, ceiling: 20, cost: 1 },
    { name: 'tpm', unit: 'tokens', window: { kind: 'sliding', seconds: 60 }, ceiling: 4_000, cost: tokens },
    { name: 'concurrency', unit: 'streams', window: { kind: 'lease', seconds: 30 }, ceiling: 2, cost: 1 },
  ];
  assert.deepEqual(calls, [['admit', expected]]);
  await permit.settle(0);
});

test('a request that names its limit reserves that instead of the usual answer', async () => {
  const { store, calls } = recordingStore();
  await createAdmission(store, createManualClock())({ ...request, maxTokens: 9, inputBytes: 0 });
  const [[, rows] = []] = calls;
  assert.deepEqual(
    (rows as readonly LimitRow[]).filter(({ unit }) => unit === 'tokens').map(({ cost }) => cost), // what admit was given
    [9, 9],
  );
});

test('a key without limits gets no row', async () => {
  const { store, calls } = recordingStore();
  await createAdmission(store, createManualClock())({ ...request, key: apiKeyFromText('open', 'x') });
  assert.deepEqual(calls, [['admit', []]]);
});

test('a running request renews its lease every ten seconds until it is settled', async () => {
  const { store, calls } = recordingStore();
  const clock = createManualClock();
  const permit = await createAdmission(store, clock)(request);
  const names = () => calls.map(([name]) => name);
  clock.advance(9_999);
  assert.deepEqual(names(), ['admit']);
  clock.advance(20_001);
  assert.deepEqual(names(), ['admit', 'renew', 'renew', 'renew']);
  await permit.settle(77);
  clock.advance(60_000);
  assert.deepEqual(calls.slice(4), [['settle', 77]]);
  assert.equal(clock.pending(), 0);
});

async function outcomeOf(admitted: Promise<Permit>): Promise<Permit | Fault> {
  try {
    return await admitted;
  } catch (error) {
    assert.ok(error instanceof FaultError);
    return error.fault;
  }
}

const wholeSecond = Date.UTC(2027, 0, 1);

const refusals: readonly (readonly [name: string, key: Partial<ApiKey>, fault: Fault])[] = [
  [
    'rpm',
    { limits: { rpm: 1 } },
    {
      kind: 'rate_limit_rpm',
      message: 'This key may make 1 requests per minute. Try again in 61 s.',
      retryAfterSeconds: 61,
    },
  ],
  [
    'rpd',
    { limits: { rpd: 1 } },
    {
      kind: 'rate_limit_rpd',
      message: 'This key may make 1 requests per day. Try again in 86400 s.',
      retryAfterSeconds: 86_400,
    },
  ],
  [
    'tpm',
    { limits: { tpm: 1_500 } },
    {
      kind: 'rate_limit_tpm',
      message: 'This key may use 1500 tokens per minute. Try again in 61 s.',
      retryAfterSeconds: 61,
    },
  ],
  [
    'concurrency',
    { limits: { concurrency: 1 } },
    {
      kind: 'concurrent_limit',
      message: 'This key may have 1 requests running at once. Try again in 1 s.',
      retryAfterSeconds: 1,
    },
  ],
  [
    'daily quota',
    { quota: { tokens: 1_500, period: 'day' } },
    {
      kind: 'quota_exceeded',
      message: 'This key has used its quota of 1500 tokens. Try again in 86400 s.',
      retryAfterSeconds: 86_400,
    },
  ],
  [
    'total quota',
    { quota: { tokens: 1_500, period: 'total' } },
    {
      kind: 'quota_exceeded',
      message: 'This key has used its quota of 1500 tokens.',
      retryAfterSeconds: Number.POSITIVE_INFINITY,
    },
  ],
  [
    'a minute that is too small for the request at all',
    { limits: { tpm: 1_000 } },
    {
      kind: 'rate_limit_tpm',
      message: 'This key may use 1000 tokens per minute.',
      retryAfterSeconds: Number.POSITIVE_INFINITY,
    },
  ],
];

for (const [name, limits, fault] of refusals) {
  test(`a full ${name} is a fault of its own, the states are told, and nothing keeps running`, async () => {
    const clock = createManualClock(wholeSecond);
    const admit = createAdmission(createMemoryLimitStore(clock.now), clock);
    const told: (readonly LimitState[])[] = [];
    const small = {
      key: { ...apiKeyFromText('team', 'text'), ...limits },
      inputBytes: 0,
      maxTokens: null,
      onStates: (states: readonly LimitState[]) => void told.push(states),
    };
    await outcomeOf(admit(small));
    const running = clock.pending();
    assert.deepEqual(await outcomeOf(admit(small)), fault);
    assert.equal(clock.pending(), running);
    assert.deepEqual(
      told.map((states) => states.length),
      [1, 1],
    );
  });
}

test('two requests of one client id take two slots', async () => {
  const clock = createManualClock();
  const admit = createAdmission(createMemoryLimitStore(clock.now), clock);
  const key = { ...apiKeyFromText('team', 'text'), limits: { concurrency: 2 } };
  const outcomes = await Promise.all(Array.from({ length: 3 }, () => outcomeOf(admit({ ...request, key }))));
  assert.deepEqual(
    outcomes.map((outcome) => ('kind' in outcome ? outcome.kind : 'permit')),
    ['permit', 'permit', 'concurrent_limit'],
  );
});
