import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefreshFault } from '../src/issuer/refresh-faults.ts';
import { asObject, asText } from '../src/json.ts';
import { refreshWith, type Rig, startRig } from './rig.ts';

async function codeOf(answer: Response): Promise<readonly unknown[]> {
  const { error } = asObject(await answer.json());
  return [answer.status, asObject(error)['code'] ?? error];
}

/** Whether the token was spent by what happened to it before. */
async function isSpent({ refresh, login }: Rig): Promise<boolean> {
  const { status } = await refresh(login.tokens.refresh_token);
  return status !== 200;
}

test('refresh: tokens rotate and work once; the second use gets 401 refresh_token_reused in the words of the issuer', async (t) => {
  const { refresh, login, post } = await startRig(t);
  const first = asObject(await (await refresh(login.tokens.refresh_token)).json());
  assert.notEqual(first['refresh_token'], login.tokens.refresh_token);
  const again = await refresh(login.tokens.refresh_token);
  assert.equal(again.status, 401);
  assert.deepEqual(await again.json(), {
    error: {
      message:
        'Your refresh token has already been used to generate a new access token. Please try signing in again.',
      type: 'invalid_request_error',
      param: null,
      code: 'refresh_token_reused',
    },
  });
  assert.equal((await refresh(asText(first['refresh_token']))).status, 200, 'the new one is untouched');
  assert.equal((await post({}, { authorization: `Bearer ${asText(first['access_token'])}` })).status, 200);
});

test('refresh: with revokeOnReuse the second use ends the whole login', async (t) => {
  const { refresh, login, simulator } = await startRig(t);
  simulator.control.set({ revokeOnReuse: true });
  const first = asObject(await (await refresh(login.tokens.refresh_token)).json());
  assert.deepEqual(await codeOf(await refresh(login.tokens.refresh_token)), [401, 'refresh_token_reused']);
  assert.deepEqual(await codeOf(await refresh(asText(first['refresh_token']))), [
    401,
    'refresh_token_invalidated',
  ]);
});

test('refresh: expired, revoked and unknown tokens each get their own answer', async (t) => {
  const { refresh, simulator } = await startRig(t);
  const { control } = simulator;
  const expired = control.login().tokens.refresh_token;
  control.expireRefreshToken(expired);
  assert.deepEqual(await codeOf(await refresh(expired)), [401, 'refresh_token_expired']);
  const revoked = control.login({ accountId: 'acct_gone' }).tokens.refresh_token;
  control.revokeGrants('acct_gone');
  assert.deepEqual(await codeOf(await refresh(revoked)), [401, 'refresh_token_invalidated']);
  assert.deepEqual(await codeOf(await refresh('rt_never_given')), [400, 'invalid_grant']);
});

const ANSWERED: readonly (readonly [RefreshFault, number, unknown])[] = [
  [{ kind: 'refresh_token_expired' }, 401, 'refresh_token_expired'],
  [{ kind: 'refresh_token_reused' }, 401, 'refresh_token_reused'],
  [{ kind: 'refresh_token_invalidated' }, 401, 'refresh_token_invalidated'],
  [{ kind: 'invalid_grant' }, 400, 'invalid_grant'],
  [{ kind: 'status', status: 500 }, 500, 'server_error'],
  [{ kind: 'status', status: 503 }, 503, 'server_error'],
  [{ kind: 'status', status: 429, retryAfterSeconds: 7 }, 429, 'server_error'],
];

for (const [fault, status, code] of ANSWERED) {
  test(`refresh: can be made to fail with ${fault.kind} ${status}, and the token stays unspent`, async (t) => {
    const rig = await startRig(t);
    rig.simulator.control.nextRefreshes(fault);
    const answer = await rig.refresh(rig.login.tokens.refresh_token);
    assert.equal(answer.headers.get('retry-after'), status === 429 ? '7' : null);
    assert.deepEqual(await codeOf(answer), [status, code]);
    assert.equal(await isSpent(rig), false);
  });
}

for (const [kind, spent] of [
  ['drop', false],
  ['drop_after_rotation', true],
] as const) {
  test(`refresh: ${kind} resets the connection, and the token is ${spent ? '' : 'not '}spent`, async (t) => {
    const rig = await startRig(t);
    rig.simulator.control.nextRefreshes({ kind });
    await assert.rejects(rig.refresh(rig.login.tokens.refresh_token), TypeError);
    assert.equal(await isSpent(rig), spent);
  });
}

for (const [kind, spent] of [
  ['hang', false],
  ['hang_after_rotation', true],
] as const) {
  test(`refresh: ${kind} never answers, and the token is ${spent ? '' : 'not '}spent`, async (t) => {
    const rig = await startRig(t);
    const { control, issuerUrl } = rig.simulator;
    control.nextRefreshes({ kind });
    const impatient = new AbortController();
    const call = fetch(`${issuerUrl}/oauth/token`, {
      method: 'POST',
      signal: impatient.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
        grant_type: 'refresh_token',
        refresh_token: rig.login.tokens.refresh_token,
      }),
    });
    await control.until(({ refreshes }) => refreshes.calls === 1);
    impatient.abort();
    await assert.rejects(call, { name: 'AbortError' });
    await control.until(({ requests }) => requests[0]?.clientDisconnected === true);
    assert.equal(await isSpent(rig), spent);
  });
}

for (const kind of ['malformed', 'malformed_after_rotation', 'html'] as const) {
  test(`refresh: ${kind} answers with what is not JSON`, async (t) => {
    const rig = await startRig(t);
    rig.simulator.control.nextRefreshes({ kind });
    const answer = await rig.refresh(rig.login.tokens.refresh_token);
    await assert.rejects(answer.json());
    assert.equal(await isSpent(rig), kind === 'malformed_after_rotation');
  });
}

test('refresh: an answer without a new refresh token leaves the old one alive', async (t) => {
  const rig = await startRig(t);
  rig.simulator.control.nextRefreshes({ kind: 'no_refresh_token' });
  const tokens = asObject(await (await rig.refresh(rig.login.tokens.refresh_token)).json());
  assert.deepEqual([typeof tokens['access_token'], tokens['refresh_token']], ['string', undefined]);
  rig.simulator.control.nextRefreshes({ kind: 'no_id_token' });
  const more = asObject(await (await rig.refresh(rig.login.tokens.refresh_token)).json());
  assert.deepEqual([typeof more['refresh_token'], more['id_token']], ['string', undefined]);
});

test('refresh: calls are counted by token, and two at once with one token are a violation', async (t) => {
  const { simulator, login, refresh } = await startRig(t);
  const { control } = simulator;
  const other = control.login({ accountId: 'acct_other' }).tokens.refresh_token;
  control.hold('refresh');
  const calls = [refresh(login.tokens.refresh_token), refresh(login.tokens.refresh_token), refresh(other)];
  await control.until(() => control.waiting('refresh') === 3);
  control.release('refresh');
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  assert.deepEqual(
    statuses.toSorted((a, b) => a - b),
    [200, 200, 401],
  );
  const { refreshes, violations } = control.journal();
  assert.deepEqual(
    refreshes.byToken.map(({ calls: count, maxConcurrent, outcomes }) => [count, maxConcurrent, outcomes]),
    [
      [2, 2, ['granted', 'reused']],
      [1, 1, ['granted']],
    ],
  );
  assert.equal(refreshes.calls, 3);
  assert.equal(refreshes.maxConcurrentWithOneToken, 2);
  assert.deepEqual(violations, ['2 refreshes ran at once with one token']);
});

test('refresh: one after the other is no violation, and the journal never holds the token', async (t) => {
  const { simulator, login } = await startRig(t);
  await refreshWith(simulator, login.tokens.refresh_token);
  await refreshWith(simulator, login.tokens.refresh_token);
  const journal = simulator.control.journal();
  assert.deepEqual([journal.refreshes.maxConcurrentWithOneToken, journal.violations], [1, []]);
  assert.equal(JSON.stringify(journal).includes(login.tokens.refresh_token), false);
});

test('refresh: a new access token lives as long as the setting says', async (t) => {
  const { simulator, login, refresh } = await startRig(t);
  simulator.control.setAccessTokenSeconds(42);
  const tokens = asObject(await (await refresh(login.tokens.refresh_token)).json());
  assert.equal(tokens['expires_in'], 42);
});
