import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HOUR_MS, START_MS } from './logins.ts';
import { createWorld, TOKEN_SECONDS, type RunningBroker } from './world.ts';

// The first six names are those of openai/codex login/tests/suite/auth_refresh.rs, as requirements on the broker.

const LIFE_MS = TOKEN_SECONDS * 1_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function onlyToken(broker: RunningBroker) {
  const { accounts, unavailable } = await broker.tokens();
  assert.deepEqual(unavailable, []);
  const [account] = accounts;
  assert.ok(account !== undefined && accounts.length === 1);
  return account;
}

test('a refresh succeeds and updates the storage before its token is served', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  const broker = await world.start();
  assert.deepEqual(await onlyToken(broker), {
    alias: 'default',
    accountId: 'acct_simulated',
    accessToken: login.tokens.access_token,
    fingerprint: sha256(login.tokens.access_token),
    expiresAt: new Date(START_MS + LIFE_MS).toISOString(),
    plan: 'plus',
    generation: 1,
    default: true,
  });

  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('access token renewed');
  const renewed = await onlyToken(broker);
  const stored = JSON.parse(await readFile(join(world.home, '.codex-gateway/accounts/default.json'), 'utf8'));
  assert.equal(renewed.generation, 2);
  assert.notEqual(renewed.accessToken, login.tokens.access_token);
  assert.equal(stored.accessToken, renewed.accessToken);
  assert.equal(stored.generation, 2);
  assert.equal(stored.intent, null);
  assert.notEqual(stored.refreshToken, login.tokens.refresh_token);
  assert.deepEqual(stored.seedFingerprints, [sha256(login.tokens.refresh_token)]);
  const [request] = world.simulator.control.journal().requests;
  assert.equal(request?.headers['originator'], 'codex_gateway');
  assert.equal(request?.headers['user-agent'], 'codex-gateway/0.0.0-test');
});

test('a refresh is skipped when someone else already refreshed', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const first = await onlyToken(broker);
  assert.equal(await broker.reject(first.fingerprint), 'refreshed');
  assert.equal(await broker.reject(first.fingerprint), 'not_current');
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});

test('an account mismatch is refused: the seed of another account does not replace a record', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login({ accountId: 'acct-a' }));
  const broker = await world.start();
  const before = await onlyToken(broker);
  await world.writeSeed(world.simulator.control.login({ accountId: 'acct-b' }));
  world.clock.advance(5_000);
  const refusal = await broker.log.next('seed not taken');
  assert.match(String(refusal['problem']), /seed\.json: a login of another ChatGPT account/);
  assert.deepEqual(await onlyToken(broker), before);
});

test('a permanent failure is not retried', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  world.simulator.control.expireRefreshToken(login.tokens.refresh_token);
  const broker = await world.start();
  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('sign-in needed');
  // the access token outlives the refresh token
  assert.equal((await onlyToken(broker)).accessToken, login.tokens.access_token);
  world.clock.advance(LIFE_MS);
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'reauth_required',
      message: 'the refresh token has expired: sign in with "auth login --alias default"',
    },
  ]);
  await broker.stop();
  const next = await world.start();
  next.app.broker.views();
  assert.equal((await next.tokens()).unavailable[0]?.state, 'reauth_required');
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});

test('a transient failure is retried after a pause that grows, and the old token is served meanwhile', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  world.simulator.control.nextRefreshes({ kind: 'status', status: 503 }, 3);
  const broker = await world.start();
  world.clock.advance(0.71 * LIFE_MS);
  const pauses = [2_000, 4_000, 8_000];
  for (const [index, pauseMs] of pauses.entries()) {
    assert.equal((await broker.log.next('refresh failed, trying again later'))['outcome'], 'http_5xx');
    assert.equal((await onlyToken(broker)).accessToken, login.tokens.access_token);
    world.clock.advance(pauseMs - 1);
    assert.equal(world.simulator.control.journal().refreshes.calls, index + 1);
    world.clock.advance(1);
  }
  await broker.log.next('access token renewed');
  assert.equal((await onlyToken(broker)).generation, 2);
  assert.deepEqual(world.simulator.control.journal().refreshes.byToken[0]?.outcomes, [
    'status',
    'status',
    'status',
    'granted',
  ]);
});

test('a new seed is reloaded after a permanent failure, without a restart', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  const broker = await world.start();
  await broker.log.next(ADOPTED);
  world.simulator.control.revokeGrants('acct_simulated');
  assert.equal(await broker.reject((await onlyToken(broker)).fingerprint), 'unavailable');
  assert.deepEqual(
    (await broker.tokens()).unavailable.map(({ state }) => state),
    ['reauth_required'],
  );

  const again = world.simulator.control.login();
  await world.writeSeed(again);
  world.clock.advance(5_000);
  await broker.log.next(ADOPTED);
  const served = await onlyToken(broker);
  assert.equal(served.accessToken, again.tokens.access_token);
  assert.equal(served.generation, 2);
  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('access token renewed');
  assert.equal((await onlyToken(broker)).generation, 3);
});

const ADOPTED =
  'this login now belongs to the broker: a Codex CLI that uses the same file is signed out at its next refresh';

test('a seed that was adopted once is never adopted again, also when an older one comes back', async (t) => {
  const world = await createWorld(t);
  const [first, second] = [world.simulator.control.login(), world.simulator.control.login()];
  await world.writeSeed(first);
  const broker = await world.start();
  await world.writeSeed(second);
  world.clock.advance(5_000);
  await broker.log.next(ADOPTED);
  await broker.log.next(ADOPTED);
  assert.equal((await onlyToken(broker)).accessToken, second.tokens.access_token);
  await broker.stop();
  await world.writeSeed(first);
  const next = await world.start();
  assert.equal((await onlyToken(next)).accessToken, second.tokens.access_token);
  assert.equal((await onlyToken(next)).generation, 2);
});

test('a restart does not refresh a token that is not due', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  for (let round = 0; round < 3; round += 1) {
    const broker = await world.start();
    assert.equal((await onlyToken(broker)).generation, 1);
    await broker.stop();
    world.clock.advance(HOUR_MS);
  }
  assert.equal(world.simulator.control.journal().refreshes.calls, 0);
});

test('200 callers at the moment of expiry cause exactly one POST and all get the new token', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  world.simulator.control.hold('refresh');
  world.clock.advance(LIFE_MS);
  const replies = Promise.all(Array.from({ length: 200 }, () => broker.tokens()));
  await world.simulator.control.until(() => world.simulator.control.waiting('refresh') === 1);
  world.simulator.control.release('refresh');
  const generations = (await replies).map(({ accounts }) => accounts[0]?.generation);
  assert.deepEqual(generations, Array(200).fill(2));
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});

test('200 refusals of one token cause exactly one POST', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const { fingerprint } = await onlyToken(broker);
  const results = await Promise.all(Array.from({ length: 200 }, () => broker.reject(fingerprint)));
  assert.deepEqual(
    results.filter((result) => result === 'unavailable'),
    [],
  );
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});

test('refusals cause at most one refresh in 30 seconds, whichever token they name', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  assert.equal(await broker.reject((await onlyToken(broker)).fingerprint), 'refreshed');
  const second = await onlyToken(broker);
  world.clock.advance(29_999);
  assert.equal(await broker.reject(second.fingerprint), 'unavailable');
  assert.equal((await onlyToken(broker)).fingerprint, second.fingerprint);
  world.clock.advance(1);
  assert.equal(await broker.reject(second.fingerprint), 'refreshed');
  assert.equal(world.simulator.control.journal().refreshes.calls, 2);
});

test('callers wait five seconds for a running refresh when there is no valid token, and no longer', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  world.simulator.control.hold('refresh');
  world.clock.advance(LIFE_MS);
  const reply = broker.app.broker.tokens();
  await world.simulator.control.until(() => world.simulator.control.waiting('refresh') === 1);
  world.clock.advance(5_000);
  assert.deepEqual(await reply, {
    accounts: [],
    unavailable: [
      {
        alias: 'default',
        state: 'refreshing',
        message: 'the access token has expired and is being refreshed',
      },
    ],
    refreshAfterSeconds: 60,
  });
  world.simulator.control.release('refresh');
  await broker.log.next('access token renewed');
});

test('a running refresh does not delay callers while the old token is valid', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  world.simulator.control.hold('refresh');
  world.clock.advance(0.71 * LIFE_MS);
  await world.simulator.control.until(() => world.simulator.control.waiting('refresh') === 1);
  assert.equal((await onlyToken(broker)).generation, 1);
  assert.equal((await broker.accounts())[0]?.state, 'refreshing');
  world.simulator.control.release('refresh');
  await broker.log.next('access token renewed');
});

test('an answer without a new refresh token keeps the old one in use', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  world.simulator.control.nextRefreshes({ kind: 'no_refresh_token' });
  const broker = await world.start();
  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('access token renewed');
  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('access token renewed');
  const { byToken } = world.simulator.control.journal().refreshes;
  assert.deepEqual(
    byToken.map(({ token, outcomes }) => [token, outcomes]),
    [[sha256(login.tokens.refresh_token), ['no_refresh_token', 'granted']]],
  );
});

test('closing waits until a running refresh is durable', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  world.simulator.control.hold('refresh');
  world.clock.advance(0.71 * LIFE_MS);
  await world.simulator.control.until(() => world.simulator.control.waiting('refresh') === 1);
  const stopped = broker.stop();
  world.simulator.control.release('refresh');
  await stopped;
  const next = await world.start();
  assert.equal((await onlyToken(next)).generation, 2);
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});
