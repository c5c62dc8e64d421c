import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { createAccounts } from '../../src/upstream/accounts.ts';
import { toAccount } from '../../src/upstream/codex-upstream.ts';
import { faultOf } from '../fault-of.ts';
import { servedAccount } from '../served-account.ts';

const START = Date.UTC(2027, 0, 1);
const broker = { reject: async () => {} };
const [first, second] = [toAccount(servedAccount('default'), broker), toAccount(servedAccount('b'), broker)];
const nobody: ReadonlySet<string> = new Set();

function limitUntil(seconds: number | null) {
  return {
    kind: 'usage_limit_reached',
    message: `limit until ${seconds}`,
    resetsAt: seconds === null ? null : START / 1000 + seconds,
    resetsInSeconds: null,
    planType: 'plus',
  } as const satisfies Fault;
}

function create() {
  const clock = createManualClock(START);
  return { clock, accounts: createAccounts(async () => [first, second], clock) };
}

test('the first account serves, the next one when the first is left out', async () => {
  const { accounts } = create();
  assert.equal(await accounts.choose(nobody), first);
  assert.equal(await accounts.choose(new Set(['default'])), second);
});

test('an account rests until its window opens, to the millisecond', async () => {
  const { accounts, clock } = create();
  accounts.note('default', limitUntil(90));
  clock.advance(89_999);
  assert.equal(await accounts.choose(nobody), second);
  clock.advance(1);
  assert.equal(await accounts.choose(nobody), first);
});

test('a limit that does not say when it ends rests for a minute', async () => {
  const { accounts, clock } = create();
  accounts.note('default', limitUntil(null));
  clock.advance(59_999);
  assert.equal(await accounts.choose(nobody), second);
  clock.advance(1);
  assert.equal(await accounts.choose(nobody), first);
});

test('a limit that says only for how long it holds rests until then, and says when that is', async () => {
  const { accounts, clock } = create();
  for (const alias of ['default', 'b'])
    accounts.note(alias, { ...limitUntil(null), message: 'Used up', resetsInSeconds: 90 });
  assert.deepEqual(await faultOf(accounts.choose(nobody)), {
    ...limitUntil(90),
    message: 'Used up. Resets at 2027-01-01T00:01:30.000Z.',
  });
  clock.advance(90_000);
  assert.equal(await accounts.choose(nobody), first);
});

function askedTooOften(retryAfterSeconds: number) {
  const more = { type: 'x', code: null, param: null, retryAfterSeconds };
  return { kind: 'upstream_refused', message: 'Slower.', status: 429, ...more } as const;
}

test('after a plain 429 the others serve for as long as it says', async () => {
  const { accounts, clock } = create();
  accounts.note('default', askedTooOften(7));
  clock.advance(6_999);
  assert.equal(await accounts.choose(nobody), second);
  clock.advance(1);
  assert.equal(await accounts.choose(nobody), first);
});

test('a plain 429 refuses nothing here: with no other account the same is asked again', async () => {
  const { accounts } = create();
  accounts.note('default', askedTooOften(7));
  assert.equal(await accounts.choose(new Set(['b'])), first);
  accounts.note('b', askedTooOften(7));
  assert.equal(await accounts.choose(nobody), first);
  accounts.note('default', limitUntil(90));
  assert.equal(await accounts.choose(nobody), second);
});

test('a plain 429 does not end a longer rest, and other faults mean no rest', async () => {
  const { accounts, clock } = create();
  accounts.note('default', limitUntil(90));
  accounts.note('default', askedTooOften(1));
  clock.advance(1_000);
  assert.equal(await accounts.choose(nobody), second);
  accounts.note('b', { kind: 'server_is_overloaded', message: 'Busy.', retryAfterSeconds: 60 });
  accounts.note('b', { ...askedTooOften(60), status: 400 });
  assert.equal(await accounts.choose(nobody), second);
});

test('when every account rests, the fault is that of the first to come back', async () => {
  const { accounts } = create();
  accounts.note('default', limitUntil(500));
  accounts.note('b', limitUntil(90));
  const told = {
    ...limitUntil(90),
    message: 'limit until 90. Resets at 2027-01-01T00:01:30.000Z.',
  };
  assert.deepEqual(await faultOf(accounts.choose(nobody)), told);
  assert.deepEqual(await faultOf(accounts.choose(new Set(['b']))), told);
});

test('when all are left out and none rests, somebody must log in', async () => {
  const { accounts } = create();
  assert.deepEqual(await faultOf(accounts.choose(new Set(['default', 'b']))), {
    kind: 'oauth_unavailable',
    message: 'oauth token unavailable, run auth login: the upstream accepts no account',
  });
});

test('what the broker cannot give is told as it says', async () => {
  const fault: Fault = { kind: 'oauth_unavailable', message: 'run auth login' };
  const accounts = createAccounts(() => Promise.reject(new FaultError(fault)), createManualClock());
  assert.deepEqual(await faultOf(accounts.choose(nobody)), fault);
});

test('an account whose reset time is past by our clock rests all the same for five seconds', async () => {
  const { clock, accounts } = create();
  accounts.note('default', limitUntil(-100));
  assert.equal(await accounts.choose(nobody), second);
  const fault = await faultOf(() => accounts.choose(new Set(['b'])));
  assert.equal(fault.kind, 'usage_limit_reached');
  clock.advance(5_000);
  assert.equal(await accounts.choose(nobody), first);
});
