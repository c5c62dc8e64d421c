import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld, TOKEN_SECONDS, type World } from './world.ts';

const LIFE_MS = TOKEN_SECONDS * 1_000;
/** Five minutes before the end, when a login in doubt makes its one further attempt. */
const LAST_CHANCE_MS = LIFE_MS - 5 * 60_000;

async function startAndLoseAnswer(world: World, kind: 'drop' | 'drop_after_rotation', environment = {}) {
  await world.writeSeed(world.simulator.control.login());
  world.simulator.control.nextRefreshes({ kind });
  const broker = await world.start({ environment: { AUTH_SEED_FILE: world.seedFile, ...environment } });
  world.clock.advance(0.71 * LIFE_MS);
  const line = await broker.log.next('refresh without an answer, login in doubt');
  assert.equal(line['outcome'], 'reset');
  return broker;
}

const callsAndOutcomes = ({ simulator }: World) =>
  simulator.control.journal().refreshes.byToken.map(({ calls, outcomes }) => ({ calls, outcomes }));

test('a lost answer is not asked for again: in doubt, the valid token is served, one attempt before it expires', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop');
  assert.equal((await broker.accounts())[0]?.state, 'in_doubt');
  assert.equal((await broker.tokens()).accounts[0]?.generation, 1);

  world.clock.advance(LAST_CHANCE_MS - 0.71 * LIFE_MS - 1);
  assert.equal((await broker.accounts())[0]?.state, 'in_doubt');
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 1, outcomes: ['drop'] }]);

  world.clock.advance(1);
  await broker.log.next('access token renewed');
  assert.equal((await broker.accounts())[0]?.state, 'ok');
  assert.equal((await broker.tokens()).accounts[0]?.generation, 2);
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 2, outcomes: ['drop', 'granted'] }]);
});

test('a login that was lost with the answer ends in reauth_required after the one attempt', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop_after_rotation');
  world.clock.advance(LAST_CHANCE_MS - 0.71 * LIFE_MS);
  assert.equal((await broker.log.next('sign-in needed'))['outcome'], 'reused');
  assert.equal((await broker.accounts())[0]?.state, 'reauth_required');
  world.clock.advance(LIFE_MS);
  assert.equal((await broker.tokens()).unavailable[0]?.state, 'reauth_required');
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 2, outcomes: ['drop_after_rotation', 'reused'] }]);
});

test('two lost answers in a row are the end: the token is not presented a third time', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop');
  world.simulator.control.nextRefreshes({ kind: 'malformed' });
  world.clock.advance(LAST_CHANCE_MS - 0.71 * LIFE_MS);
  assert.equal((await broker.log.next('sign-in needed'))['outcome'], 'unresolved');
  world.clock.advance(LIFE_MS);
  assert.match(
    (await broker.tokens()).unavailable[0]?.message ?? '',
    /got no answer, and neither did its one further attempt/,
  );
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 2, outcomes: ['drop', 'malformed'] }]);
});

test('an attempt that was refused for the moment leaves the login in doubt with its attempt unspent', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop');
  world.simulator.control.nextRefreshes({ kind: 'status', status: 503 });
  world.clock.advance(LAST_CHANCE_MS - 0.71 * LIFE_MS);
  await broker.log.next('refresh failed, trying again later');
  assert.equal((await broker.accounts())[0]?.state, 'in_doubt');
  world.clock.advance(2_000);
  await broker.log.next('access token renewed');
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 3, outcomes: ['drop', 'status', 'granted'] }]);
});

test('ON_IN_DOUBT=hold makes no attempt, not even when the token has expired', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop', { ON_IN_DOUBT: 'hold' });
  world.clock.advance(LIFE_MS);
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'in_doubt',
      message: 'a refresh got no answer and the access token has expired',
    },
  ]);
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 1, outcomes: ['drop'] }]);
});

test('a refused access token makes the one attempt at once, for there is nothing left to wait for', async (t) => {
  const world = await createWorld(t);
  const broker = await startAndLoseAnswer(world, 'drop');
  const [served] = (await broker.tokens()).accounts;
  assert.equal(await broker.reject(served?.fingerprint ?? ''), 'refreshed');
  assert.deepEqual(callsAndOutcomes(world), [{ calls: 2, outcomes: ['drop', 'granted'] }]);
});

test('an issuer that hangs is given up after 25 seconds, in doubt', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  world.simulator.control.nextRefreshes({ kind: 'hang' });
  const broker = await world.start();
  world.clock.advance(0.71 * LIFE_MS);
  await world.simulator.control.until(({ refreshes }) => refreshes.calls === 1);
  world.clock.advance(24_999);
  assert.equal((await broker.accounts())[0]?.state, 'refreshing');
  world.clock.advance(1);
  assert.equal((await broker.log.next('refresh without an answer, login in doubt'))['outcome'], 'timeout');
});

test('an intent that is found at start is in doubt at once, and its token is not presented', async (t) => {
  const world = await createWorld(t);
  const first = await startAndLoseAnswer(world, 'drop');
  await first.stop();
  const next = await world.start();
  assert.equal((await next.accounts())[0]?.state, 'in_doubt');
  assert.equal((await next.tokens()).accounts.length, 1);
  assert.equal(world.simulator.control.journal().refreshes.calls, 1);
});

test('an issuer that cannot be reached is no doubt: nothing was sent, and it is tried again', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  await world.simulator.close();
  const broker = await world.start();
  world.clock.advance(0.71 * LIFE_MS);
  const line = await broker.log.next('refresh failed, trying again later');
  assert.equal(line['outcome'], 'network_before_send');
  assert.equal((await broker.accounts())[0]?.state, 'ok');
  assert.equal((await broker.tokens()).accounts.length, 1);
});
