import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { digest } from '../src/digest.ts';
import {
  backOffMs,
  dueAt,
  lastChanceAt,
  nextStep,
  type Situation,
  type Trigger,
} from '../src/refresh-policy.ts';
import type { Intent, TokenRecord } from '../src/store/token-store.ts';
import { HOUR_MS, makeRecord, makeToken, START_MS } from './logins.ts';

const LIFE_MS = 10 * HOUR_MS;
const DUE: Trigger = { kind: 'due' };

function recordWithToken(id: string): TokenRecord {
  return makeRecord({ accessToken: new Secret(makeToken({ issuedAt: START_MS, lifeMs: LIFE_MS, id })) });
}

const intent: Intent = {
  id: 'intent-1',
  holder: 'them',
  startedAt: START_MS,
  deadlineAt: START_MS + 45_000,
  fromGeneration: 1,
  attempt: 'first',
};

function situation(now: number, changes: Partial<Situation> = {}): Situation {
  return { now, holder: 'us', exclusive: false, onInDoubt: 'retry_once', unsent: new Set(), ...changes };
}

test('tokens fall due between 50 and 70 % of their life, scattered over all of it', () => {
  const shares = Array.from(
    { length: 300 },
    (_, index) => (dueAt(recordWithToken(String(index))) - START_MS) / LIFE_MS,
  );
  assert.ok(Math.min(...shares) >= 0.5 && Math.min(...shares) < 0.51, `from ${Math.min(...shares)}`);
  assert.ok(Math.max(...shares) <= 0.7 && Math.max(...shares) > 0.69, `to ${Math.max(...shares)}`);
});

test('the same token falls due at the same time after a restart', () => {
  assert.equal(dueAt(recordWithToken('a')), dueAt(recordWithToken('a')));
});

test('an answer that did not renew the access token is not followed by the next refresh at once', () => {
  const now = START_MS + 0.9 * LIFE_MS;
  assert.equal(dueAt(makeRecord({ lastRefreshAt: now })), now + 60_000);
});

test('the last chance of a login in doubt is five minutes before the end, or a tenth of a short life', () => {
  assert.equal(lastChanceAt(makeRecord()), START_MS + LIFE_MS - 300_000);
  assert.equal(lastChanceAt(makeRecord({ expiresAt: START_MS + 60_000 })), START_MS + 54_000);
});

test('the back-off doubles from two seconds to five minutes, 20 % either way', () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 500].map((failures) => backOffMs(failures, 0.5)),
    [2_000, 4_000, 8_000, 256_000, 300_000, 300_000],
  );
  assert.deepEqual([backOffMs(1, 0), backOffMs(1, 1)], [1_600, 2_400]);
});

test('what a record calls for', () => {
  const record = makeRecord();
  const due = dueAt(record);
  const lastChance = lastChanceAt(record);
  const dead = makeRecord({
    failure: { reason: 'reused', refreshTokenDigest: digest(record.refreshToken), at: START_MS },
  });
  const inDoubt = makeRecord({ intent });
  const spent = makeRecord({ intent: { ...intent, attempt: 'in_doubt' } });
  const refused: Trigger = { kind: 'rejected', fingerprint: digest(record.accessToken) };
  const refusedBefore: Trigger = { kind: 'rejected', fingerprint: 'f'.repeat(64) };
  const afterDeadline = intent.deadlineAt + 5_000;
  const unsent = new Set([intent.id]);

  const cases: readonly [string, Parameters<typeof nextStep>, ReturnType<typeof nextStep>][] = [
    ['not due', [record, DUE, situation(due - 1)], { kind: 'wait', at: due, inDoubt: false }],
    ['due', [record, DUE, situation(due)], { kind: 'refresh', attempt: 'first' }],
    ['refused', [record, refused, situation(START_MS)], { kind: 'refresh', attempt: 'first' }],
    ['an older token was refused', [record, refusedBefore, situation(due)], { kind: 'replaced' }],
    ['its refresh token is dead', [dead, DUE, situation(due)], { kind: 'permanent' }],
    ['dead, and refused', [dead, refused, situation(due)], { kind: 'permanent' }],
    [
      'a failure of an earlier refresh token does not count',
      [{ ...dead, refreshToken: new Secret('rt-2') }, DUE, situation(due)],
      { kind: 'refresh', attempt: 'first' },
    ],
    [
      'somebody is at work',
      [inDoubt, DUE, situation(afterDeadline - 1)],
      { kind: 'wait', at: afterDeadline, inDoubt: false },
    ],
    [
      'somebody died at work',
      [inDoubt, DUE, situation(afterDeadline)],
      { kind: 'wait', at: lastChance, inDoubt: true },
    ],
    [
      'whoever was at work had the store to itself, and now we have',
      [inDoubt, DUE, situation(START_MS, { exclusive: true })],
      { kind: 'wait', at: lastChance, inDoubt: true },
    ],
    [
      'it was ourselves, earlier',
      [inDoubt, DUE, situation(START_MS, { holder: 'them' })],
      { kind: 'wait', at: lastChance, inDoubt: true },
    ],
    [
      'in doubt, last chance',
      [inDoubt, DUE, situation(lastChance)],
      { kind: 'refresh', attempt: 'in_doubt' },
    ],
    [
      'in doubt, refused',
      [inDoubt, refused, situation(afterDeadline)],
      { kind: 'refresh', attempt: 'in_doubt' },
    ],
    [
      'in doubt, held',
      [inDoubt, DUE, situation(lastChance, { onInDoubt: 'hold' })],
      { kind: 'wait', at: Number.POSITIVE_INFINITY, inDoubt: true },
    ],
    ['the one attempt was made', [spent, DUE, situation(afterDeadline)], { kind: 'unresolved' }],
    [
      'announced, surely not sent',
      [inDoubt, DUE, situation(due, { unsent })],
      { kind: 'refresh', attempt: 'first' },
    ],
    [
      'the one attempt was announced, surely not sent',
      [spent, DUE, situation(due, { unsent })],
      { kind: 'wait', at: lastChance, inDoubt: true },
    ],
  ];
  for (const [name, input, expected] of cases) assert.deepEqual(nextStep(...input), expected, name);
});
