import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { deviceLoginSchema, type DeviceLogin } from '../src/logins/contract.ts';
import { call, refusalOf, startForAdmin } from './admin.ts';
import { START_MS } from './logins.ts';
import { createWorld, TOKEN_SECONDS, type RunningBroker, type World } from './world.ts';

const POLL_MS = 1_000;
const LIFE_MS = 15 * 60_000;

const start = async (broker: RunningBroker, body: object = {}): Promise<DeviceLogin> =>
  deviceLoginSchema.parse((await call(broker, 'POST /v1/login/device', { body })).body);

const find = async (broker: RunningBroker, { id }: DeviceLogin): Promise<DeviceLogin> =>
  deviceLoginSchema.parse((await call(broker, `GET /v1/login/device/${id}`)).body);

/** Lets the broker poll once; resolves when it has understood the answer. */
async function poll(world: World, broker: RunningBroker, then: 'pending' | 'ended'): Promise<void> {
  world.clock.advance(POLL_MS);
  await broker.log.next(`device login ${then}`);
}

async function stored(world: World, alias = 'default'): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(world.home, `.codex-gateway/accounts/${alias}.json`), 'utf8'));
}

for (const devicePendingStatus of [403, 404] as const)
  test(`a device login waits while the issuer says ${devicePendingStatus}, and is adopted when the person has typed the code`, async (t) => {
    const world = await createWorld(t);
    world.simulator.control.set({ devicePendingStatus });
    const broker = await startForAdmin(world);
    const login = await start(broker);
    assert.match(login.userCode, /^[0-9A-F]{4}-[0-9A-F]{4}$/);
    assert.deepEqual(login, {
      id: login.id,
      alias: 'default',
      state: 'pending',
      verificationUri: `${world.simulator.issuerUrl}/codex/device`,
      userCode: login.userCode,
      expiresAt: new Date(START_MS + LIFE_MS).toISOString(),
      intervalSeconds: 1,
    });
    await poll(world, broker, 'pending');
    await poll(world, broker, 'pending');
    assert.deepEqual(await find(broker, login), login);
    assert.deepEqual((await broker.tokens()).unavailable, [
      {
        alias: 'default',
        state: 'unseeded',
        message: 'no login yet: sign in with "auth login --alias default"',
      },
    ]);

    assert.ok(world.simulator.control.approveDevice(login.userCode));
    await poll(world, broker, 'ended');
    assert.deepEqual(await find(broker, login), { ...login, state: 'complete' });
    const { accounts } = await broker.tokens();
    const { accessToken, refreshToken, generation, seedFingerprints } = await stored(world);
    assert.deepEqual(
      accounts.map((account) => [account.accessToken, account.generation, account.accountId]),
      [[accessToken, generation, 'acct_simulated']],
    );
    assert.equal(generation, 1);
    assert.deepEqual(seedFingerprints, [createHash('sha256').update(String(refreshToken)).digest('hex')]);
  });

test('a device login that is refused is denied, and nothing is adopted', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const login = await start(broker);
  world.simulator.control.denyDevice(login.userCode);
  await poll(world, broker, 'ended');
  assert.deepEqual(await find(broker, login), {
    ...login,
    state: 'denied',
    message: 'the sign-in was refused at the issuer',
  });
  assert.equal((await broker.accounts())[0]?.state, 'unseeded');
});

test('a code that nobody enters expires, is polled no more, and is forgotten after a while', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const login = await start(broker);
  await poll(world, broker, 'pending');
  world.clock.advance(LIFE_MS - POLL_MS - 1);
  await broker.log.next('device login pending');
  await poll(world, broker, 'ended');
  assert.deepEqual(await find(broker, login), {
    ...login,
    state: 'expired',
    message: 'nobody entered the code in time; start another login',
  });
  assert.equal(world.simulator.control.journal().requests.length, 2);
  world.clock.advance(LIFE_MS);
  assert.equal((await call(broker, `GET /v1/login/device/${login.id}`)).status, 404);
});

test('a broker that was restarted knows of no login any more, says so, and takes the next one', async (t) => {
  const world = await createWorld(t);
  const first = await startForAdmin(world);
  const lost = await start(first);
  await first.stop();
  const second = await startForAdmin(world);
  assert.deepEqual(refusalOf(await call(second, `GET /v1/login/device/${lost.id}`)), [
    404,
    'unknown_login',
    'no such login: it ended some time ago, or the broker was restarted since; start another',
  ]);
  const login = await start(second);
  world.simulator.control.approveDevice(login.userCode);
  await poll(world, second, 'ended');
  assert.equal((await find(second, login)).state, 'complete');
  // the first one is followed by nobody: its code was never asked for again
  assert.equal(
    world.simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'device').length,
    3,
  );
});

test('a login of another ChatGPT account is refused, unless it was said that it replaces the record', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login({ accountId: 'acct-a' }));
  const broker = await startForAdmin(world, { AUTH_SEED_FILE: world.seedFile });
  const before = await stored(world);

  const other = await start(broker);
  world.simulator.control.approveDevice(other.userCode, 'acct-b');
  await poll(world, broker, 'ended');
  assert.deepEqual(await find(broker, other), {
    ...other,
    state: 'failed',
    message:
      'this is a login of another ChatGPT account than the record of "default": take another alias (ACCOUNTS), or say that it replaces the record',
  });
  assert.deepEqual(await stored(world), before);

  const replacing = await start(broker, { replace: true });
  world.simulator.control.approveDevice(replacing.userCode, 'acct-b');
  await poll(world, broker, 'ended');
  assert.equal((await find(broker, replacing)).state, 'complete');
  const [account] = (await broker.tokens()).accounts;
  assert.deepEqual([account?.accountId, account?.generation], ['acct-b', 2]);
});

test('a login after a permanent failure is the end of the failure', async (t) => {
  const world = await createWorld(t);
  const seed = world.simulator.control.login();
  await world.writeSeed(seed);
  const broker = await startForAdmin(world, { AUTH_SEED_FILE: world.seedFile });
  world.simulator.control.expireRefreshToken(seed.tokens.refresh_token);
  world.clock.advance(0.71 * TOKEN_SECONDS * 1_000);
  await broker.log.next('sign-in needed');
  assert.equal((await broker.accounts())[0]?.state, 'reauth_required');

  const login = await start(broker, { alias: 'default' });
  world.simulator.control.approveDevice(login.userCode);
  await poll(world, broker, 'ended');
  const [account] = await broker.accounts();
  assert.deepEqual([account?.state, account?.generation, account?.lastOutcome], ['ok', 2, 'adopted']);
  assert.equal((await broker.tokens()).accounts.length, 1);
});

test('several accounts sign in side by side', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world, { ACCOUNTS: 'main,spare' });
  const logins = [await start(broker, { alias: 'spare' }), await start(broker)];
  for (const [index, { userCode }] of logins.entries())
    world.simulator.control.approveDevice(userCode, `acct-${index}`);
  world.clock.advance(POLL_MS);
  await Promise.all(logins.map(() => broker.log.next('device login ended')));
  assert.deepEqual(
    (await broker.tokens()).accounts.map(({ alias, accountId }) => [alias, accountId]),
    [
      ['main', 'acct-1'],
      ['spare', 'acct-0'],
    ],
  );
});

test('an issuer that is away is told apart from one that says no; nothing is begun', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world, { OAUTH_ISSUER: 'http://127.0.0.1:1' });
  assert.deepEqual(refusalOf(await call(broker, 'POST /v1/login/device')), [
    502,
    'issuer_failed',
    'the issuer cannot be reached (ECONNREFUSED)',
  ]);
});

test('what is asked for wrongly is refused by name', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const ask = async (body: object | string) =>
    refusalOf(await call(broker, 'POST /v1/login/device', { body }));
  assert.deepEqual(
    [await ask({ alias: 17 }), await ask({ replace: 'yes' }), await ask('[]'), await ask({ alias: 'spare' })],
    [
      [400, 'invalid_request', 'alias: must be a string'],
      [400, 'invalid_request', 'replace: must be true or false'],
      [400, 'invalid_request', 'body: Invalid input: expected object, received array'],
      [404, 'unknown_account', 'no account "spare": ACCOUNTS lists default'],
    ],
  );
  assert.equal(world.simulator.control.journal().requests.length, 0);
});
